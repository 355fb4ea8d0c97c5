// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

#ifndef GRAPHC_CLLVM_SHIM_H
#define GRAPHC_CLLVM_SHIM_H

// Building, checking, reading and writing LLVM IR.
#include <llvm-c/Analysis.h>
#include <llvm-c/BitReader.h>
#include <llvm-c/BitWriter.h>
#include <llvm-c/Core.h>
#include <llvm-c/DebugInfo.h>
#include <llvm-c/Error.h>
#include <llvm-c/ErrorHandling.h>
#include <llvm-c/IRReader.h>
#include <llvm-c/Linker.h>
#include <llvm-c/Support.h>

// Targets and optimisation. Target.h defines the LLVMInitializeNative… and LLVMInitializeAll… functions
// and declares LLVMInitializeX86TargetInfo, LLVMInitializeAArch64Target and so on for cross-compilation.
#include <llvm-c/Target.h>
#include <llvm-c/TargetMachine.h>
#include <llvm-c/Transforms/PassBuilder.h>

// The just-in-time compiler.
#include <llvm-c/LLJIT.h>
#include <llvm-c/LLJITUtils.h>
#include <llvm-c/Orc.h>
#include <llvm-c/OrcEE.h>

#if LLVM_VERSION_MAJOR != 19
#error "graphc needs the headers of LLVM 19: run Tools/setup"
#endif

#endif
