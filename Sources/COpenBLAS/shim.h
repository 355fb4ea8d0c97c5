// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

#ifndef GRAPHC_COPENBLAS_SHIM_H
#define GRAPHC_COPENBLAS_SHIM_H

#include <stddef.h>

// The part of OpenBLAS that graphc calls, declared here because Debian's <cblas.h> is an alternatives link
// that another BLAS can take over, without the openblas_… functions. Names, values and argument order are
// those of the CBLAS standard; integers are 32 bits wide, as in every libopenblas.so but the `64` variants.

typedef enum CBLAS_LAYOUT {
  CblasRowMajor = 101,
  CblasColMajor = 102
} CBLAS_LAYOUT;

typedef enum CBLAS_TRANSPOSE {
  CblasNoTrans = 111,
  CblasTrans = 112,
  CblasConjTrans = 113
} CBLAS_TRANSPOSE;

// C := alpha * op(A) * op(B) + beta * C, where op(A) is m x k, op(B) is k x n and C is m x n.
void cblas_sgemm(CBLAS_LAYOUT layout, CBLAS_TRANSPOSE transA, CBLAS_TRANSPOSE transB, int m, int n, int k,
                 float alpha, const float *a, int lda, const float *b, int ldb, float beta, float *c,
                 int ldc);
void cblas_dgemm(CBLAS_LAYOUT layout, CBLAS_TRANSPOSE transA, CBLAS_TRANSPOSE transB, int m, int n, int k,
                 double alpha, const double *a, int lda, const double *b, int ldb, double beta, double *c,
                 int ldc);

// y := alpha * op(A) * x + beta * y, where A is m x n before op.
void cblas_sgemv(CBLAS_LAYOUT layout, CBLAS_TRANSPOSE trans, int m, int n, float alpha, const float *a,
                 int lda, const float *x, int incX, float beta, float *y, int incY);
void cblas_dgemv(CBLAS_LAYOUT layout, CBLAS_TRANSPOSE trans, int m, int n, double alpha, const double *a,
                 int lda, const double *x, int incX, double beta, double *y, int incY);

typedef enum CBLAS_UPLO {
  CblasUpper = 121,
  CblasLower = 122
} CBLAS_UPLO;

typedef enum CBLAS_DIAG {
  CblasNonUnit = 131,
  CblasUnit = 132
} CBLAS_DIAG;

typedef enum CBLAS_SIDE {
  CblasLeft = 141,
  CblasRight = 142
} CBLAS_SIDE;

// Solves op(A) * X = alpha * B, or X * op(A) = alpha * B, in the place of B, which is m x n.
void cblas_strsm(CBLAS_LAYOUT layout, CBLAS_SIDE side, CBLAS_UPLO uplo, CBLAS_TRANSPOSE transA, CBLAS_DIAG diag,
                 int m, int n, float alpha, const float *a, int lda, float *b, int ldb);
void cblas_dtrsm(CBLAS_LAYOUT layout, CBLAS_SIDE side, CBLAS_UPLO uplo, CBLAS_TRANSPOSE transA, CBLAS_DIAG diag,
                 int m, int n, double alpha, const double *a, int lda, double *b, int ldb);

// LAPACK, which OpenBLAS contains. Matrices are column-major; `info` is 0, -i for a bad argument i, or positive for a
// failure. The lengths of texts stand at the end, as the library's Fortran compiler has them.

// Cholesky factorization of one triangle.
void spotrf_(const char *uplo, const int *n, float *a, const int *lda, int *info, size_t uploLength);
void dpotrf_(const char *uplo, const int *n, double *a, const int *lda, int *info, size_t uploLength);

// Elimination with partial pivoting, and solutions from it.
void sgetrf_(const int *m, const int *n, float *a, const int *lda, int *pivots, int *info);
void dgetrf_(const int *m, const int *n, double *a, const int *lda, int *pivots, int *info);
void sgetrs_(const char *trans, const int *n, const int *count, const float *a, const int *lda, const int *pivots,
             float *b, const int *ldb, int *info, size_t transLength);
void dgetrs_(const char *trans, const int *n, const int *count, const double *a, const int *lda, const int *pivots,
             double *b, const int *ldb, int *info, size_t transLength);

// LQ factorization by reflections, and the matrix that they make up.
void sgelqf_(const int *m, const int *n, float *a, const int *lda, float *tau, float *work, const int *lwork,
             int *info);
void dgelqf_(const int *m, const int *n, double *a, const int *lda, double *tau, double *work, const int *lwork,
             int *info);
void sorglq_(const int *m, const int *n, const int *k, float *a, const int *lda, const float *tau, float *work,
             const int *lwork, int *info);
void dorglq_(const int *m, const int *n, const int *k, double *a, const int *lda, const double *tau, double *work,
             const int *lwork, int *info);

// Singular values and vectors by divide and conquer.
void sgesdd_(const char *job, const int *m, const int *n, float *a, const int *lda, float *s, float *u,
             const int *ldu, float *vt, const int *ldvt, float *work, const int *lwork, int *iwork, int *info,
             size_t jobLength);
void dgesdd_(const char *job, const int *m, const int *n, double *a, const int *lda, double *s, double *u,
             const int *ldu, double *vt, const int *ldvt, double *work, const int *lwork, int *iwork, int *info,
             size_t jobLength);

// Eigenvalues and eigenvectors of a symmetric matrix by divide and conquer.
void ssyevd_(const char *job, const char *uplo, const int *n, float *a, const int *lda, float *w, float *work,
             const int *lwork, int *iwork, const int *liwork, int *info, size_t jobLength, size_t uploLength);
void dsyevd_(const char *job, const char *uplo, const int *n, double *a, const int *lda, double *w, double *work,
             const int *lwork, int *iwork, const int *liwork, int *info, size_t jobLength, size_t uploLength);

// The size of the library's own thread pool; process-wide.
void openblas_set_num_threads(int count);
int openblas_get_num_threads(void);

// How the library was built and which kernels it picked for this processor. Not the caller's to free.
char *openblas_get_config(void);

#endif
