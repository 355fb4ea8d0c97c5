// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

#ifndef GRAPHC_COPENBLAS_SHIM_H
#define GRAPHC_COPENBLAS_SHIM_H

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

// The size of the library's own thread pool; process-wide.
void openblas_set_num_threads(int count);
int openblas_get_num_threads(void);

// How the library was built and which kernels it picked for this processor. Not the caller's to free.
char *openblas_get_config(void);

#endif
