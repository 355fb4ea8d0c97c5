// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

// The types of the IR that a user's program meets; the rest of the IR stays behind the API.
import GraphRuntime

@_exported import protocol GraphIR.ArrayElement
@_exported import struct GraphIR.BFloat16
@_exported import enum GraphIR.DType
@_exported import struct GraphIR.Diagnostic
@_exported import struct GraphIR.DiagnosticList
@_exported import struct GraphIR.NDArray
@_exported import struct GraphIR.SourceLocation

// What the tools share with this module.
package typealias FileSystem = GraphRuntime.FileSystem
