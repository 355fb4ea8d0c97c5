// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

/// Windows that slide along some axes: `size` elements `dilation` apart, the next window `stride` further.
public struct WindowGeometry: Hashable, Sendable {
  /// The axes along which windows slide, in the order of the window's own axes.
  public let axes: [Int]
  public let sizes: [Int]
  public let strides: [Int]
  public let dilations: [Int]

  public init(axes: [Int], sizes: [Int], strides: [Int], dilations: [Int]) {
    self.axes = axes
    self.sizes = sizes
    self.strides = strides
    self.dilations = dilations
  }

  init(_ reader: inout AttributeReader) throws(AttributeError) {
    axes = try reader.integers("axes")
    sizes = try reader.integers("sizes")
    strides = try reader.integers("strides")
    dilations = try reader.integers("dilations")
  }

  var attributes: [Attribute] {
    [
      Attribute("axes", .integers(axes)), Attribute("sizes", .integers(sizes)),
      Attribute("strides", .integers(strides)), Attribute("dilations", .integers(dilations)),
    ]
  }

  /// The elements from the first to the last that a window covers along the axis at `position` of `axes`.
  public func span(_ position: Int) -> Int { (sizes[position] - 1) * dilations[position] + 1 }

  /// The number of windows along an axis of this extent; nil where not one fits.
  public func count(_ position: Int, in extent: Int) -> Int? {
    extent < span(position) ? nil : (extent - span(position)) / strides[position] + 1
  }

  /// The least extent that holds `count` windows; nil beyond 63 bits.
  public func extent(_ position: Int, holding count: Int) -> Int? {
    if count == 0 { return 0 }
    let (steps, overflow) = (count - 1).multipliedReportingOverflow(by: strides[position])
    let (extent, carry) = steps.addingReportingOverflow(span(position))
    return overflow || carry ? nil : extent
  }

  /// The number of windows along an axis that may have symbols; unknown where it is no product of them.
  func count(_ position: Int, in extent: Dim) -> Dim {
    let (span, stride) = (span(position), strides[position])
    if let number = extent.value { return count(position, in: number).map { Dim($0) } ?? .unknown }
    // A window in each run of `stride` elements.
    return span <= stride ? extent.divided(by: Dim(stride)) ?? .unknown : .unknown
  }

  /// The least extent that holds `count` windows; unknown where it is no product of symbols.
  func extent(_ position: Int, holding count: Dim) -> Dim {
    if let number = count.value { return extent(position, holding: number).map { Dim($0) } ?? .unknown }
    return span(position) == strides[position] ? count * Dim(strides[position]) : .unknown
  }

  /// Checks the lists against a tensor of `rank` axes along which windows slide.
  func check(rank: Int) throws(ConstraintViolation) {
    if sizes.count != axes.count || strides.count != axes.count || dilations.count != axes.count {
      throw ConstraintViolation(
        "C2",
        "needs \(axes.count) sizes, strides and dilations for the axes \(axes), "
          + "got \(sizes.count), \(strides.count) and \(dilations.count)")
    }
    try requireAxes(axes, rank: rank, "C2")
    if let outside = (sizes + strides + dilations).first(where: { $0 < 1 || $0 > PadOp.greatest }) {
      throw ConstraintViolation("C2", "a size, stride or dilation of \(outside) is out of range")
    }
  }
}

/// Every window of a tensor: a view that repeats elements where windows overlap.
public struct WindowOp: SingleResultRule {
  public let geometry: WindowGeometry

  public init(_ geometry: WindowGeometry) { self.geometry = geometry }
  init(_ reader: inout AttributeReader) throws(AttributeError) { geometry = try WindowGeometry(&reader) }

  public static let doc = OpDoc(
    name: "window",
    semantics: """
      The windows that slide along `axes`: along an axis `a` of them the result has one entry a window, and the \
      window's own axes follow behind all others, in the order of `axes`. Along each of them element `k` of window \
      `o` is the operand's element `o · stride + k · dilation`. What is left over at the end of an axis is in no \
      window.
      """,
    inputs: ["operand: any type"],
    attributes: [
      "axes: a list of axes", "sizes: the elements of a window along each",
      "strides: the distance between windows", "dilations: the distance between the elements of a window",
    ],
    outputs: [
      "operand's element type; along `axes` ⌊(extent − (size − 1) · dilation − 1) / stride⌋ + 1, then `sizes`"
    ],
    constraints: [
      "There is one operand.",
      "`axes` are distinct axes of the operand; the lists have one entry each, from 1 to 2³¹ − 1.",
      "A window fits: (size − 1) · dilation < extent; of a symbol that is checked when it is bound.",
    ],
    examples: [
      "param %x: f32[?0,6,6]",
      "%0 = window %x {axes = [1, 2], sizes = [3, 3], strides = [1, 1], dilations = [1, 1]} : f32[?0,4,4,3,3]",
      "%1 = window %x {axes = [2], sizes = [2], strides = [2], dilations = [3]} : f32[?0,6,2,2]",
    ],
    gradient: "The cotangent, folded: an element's gradient is the sum over the windows that have it.")

  public var mnemonic: String { "window" }
  public var attributes: [Attribute] { geometry.attributes }
  public var lowering: LoweringClass { .view }
  public var leavesExtentsOpen: Bool { true }

  public func inferTypes(_ operands: [TensorType]) throws(ConstraintViolation) -> [TensorType] {
    try requireOperands(1, operands)
    let operand = operands[0]
    try geometry.check(rank: operand.rank)
    var dims = operand.shape.dims
    for (position, axis) in geometry.axes.enumerated() {
      if let extent = dims[axis].value, geometry.count(position, in: extent) == nil {
        throw ConstraintViolation(
          "C3",
          "axis \(axis) of \(operand) is \(extent) long, a window of \(geometry.sizes[position]) "
            + "\(geometry.dilations[position]) apart spans \(geometry.span(position))")
      }
      dims[axis] = geometry.count(position, in: dims[axis])
    }
    return [operand.with(shape: Shape(dims + geometry.sizes.map { Dim($0) }))]
  }

  public func evaluate(_ operands: [NDArray], type: TensorType) throws(EvaluationFault) -> NDArray {
    let rank = operands[0].rank
    return NDArray.gathered(from: operands[0], extents: try staticExtents(type)) { point in
      var source = Array(point[..<rank])
      for (position, axis) in geometry.axes.enumerated() {
        source[axis] =
          point[axis] * geometry.strides[position] + point[rank + position] * geometry.dilations[position]
      }
      return source
    }
  }

  public func gradient(_ context: GradientContext) throws -> [Value?] {
    guard let extents = context.type(ofOperand: 0).shape.extents else { return [nil] }
    let fold = FoldOp(geometry, extents: geometry.axes.map { extents[$0] })
    return [try context.builder.append(.fold(fold), [context.cotangent])]
  }
}

/// Windows laid back where they came from and summed where they overlap: the adjoint of `WindowOp`.
public struct FoldOp: SingleResultRule {
  public let geometry: WindowGeometry
  /// The result's extents along the axes; nil is the least that holds every window.
  public let extents: [Int?]

  public init(_ geometry: WindowGeometry, extents: [Int?]) {
    self.geometry = geometry
    self.extents = extents
  }
  init(_ reader: inout AttributeReader) throws(AttributeError) {
    geometry = try WindowGeometry(&reader)
    extents = try reader.bounds("extents")
  }

  public static let doc = OpDoc(
    name: "fold",
    semantics: """
      Lays windows back to where `window` takes them from, and sums them where they overlap: result element `i` is \
      the sum of the operand's elements `(o, k)` with `o · stride + k · dilation = i` along each of `axes`. The \
      operand has an entry a window along `axes` and the windows' own axes last. For one result the positions `k` \
      with `k · dilation ≡ i` modulo `stride` are numbered in row-major order and summed in one lane (see the \
      specification), where a position that reaches no window counts as 0.
      """,
    inputs: ["operand: numeric"],
    attributes: [
      "axes: a list of the result's axes", "sizes: the elements of a window along each",
      "strides: the distance between windows", "dilations: the distance between the elements of a window",
      "extents: the result's extents along `axes`; `end` is the least that holds every window",
    ],
    outputs: ["operand's element type; without the windows' axes, `extents` along `axes`"],
    constraints: [
      "There is one operand, of a numeric type.",
      "`axes` are distinct axes of the result; the lists have one entry each, from 1 to 2³¹ − 1.",
      "The operand's last axes have the extents `sizes`.",
      "As many windows fit into `extents` as the operand has; of a symbol that is checked when it is bound.",
    ],
    examples: [
      "param %x: f32[?0,4,3]",
      "%0 = fold %x {axes = [1], sizes = [3], strides = [2], dilations = [1], extents = [10]} : f32[?0,10]",
      "%1 = fold %x {axes = [1], sizes = [3], strides = [2], dilations = [1], extents = [end]} : f32[?0,9]",
    ],
    gradient: "The windows of the cotangent.")

  public var mnemonic: String { "fold" }
  public var attributes: [Attribute] { geometry.attributes + [Attribute("extents", .bounds(extents))] }
  public var lowering: LoweringClass { .reduction }
  public var widensHalves: Bool { true }
  public var leavesExtentsOpen: Bool { true }

  public func inferTypes(_ operands: [TensorType]) throws(ConstraintViolation) -> [TensorType] {
    try requireOperands(1, operands)
    let operand = operands[0]
    if !operand.dtype.isNumeric { throw ConstraintViolation("C1", "takes a numeric tensor, got \(operand)") }
    let rank = operand.rank - geometry.axes.count
    if rank < geometry.axes.count || extents.count != geometry.axes.count {
      throw ConstraintViolation(
        "C2",
        "\(operand) has not an axis of windows and one of their elements for each of the axes "
          + "\(geometry.axes) with the extents \(extents.map { $0.map(String.init) ?? "end" })")
    }
    try geometry.check(rank: rank)
    for (position, size) in geometry.sizes.enumerated() where operand.shape[rank + position] != Dim(size) {
      throw ConstraintViolation(
        "C3",
        "axis \(rank + position) of \(operand) is \(operand.shape[rank + position]), the window's size is "
          + "\(size)")
    }
    var dims = Array(operand.shape.dims[..<rank])
    for (position, axis) in geometry.axes.enumerated() {
      dims[axis] = try extent(position, axis, operand)
    }
    return [operand.with(shape: Shape(dims))]
  }

  private func extent(
    _ position: Int, _ axis: Int, _ operand: TensorType
  ) throws(ConstraintViolation) -> Dim {
    let count = operand.shape[axis]
    guard let extent = extents[position] else {
      if let number = count.value, geometry.extent(position, holding: number) == nil {
        throw ConstraintViolation(.types, "axis \(axis) becomes longer than 63 bits can count")
      }
      return geometry.extent(position, holding: count)
    }
    // Without a window any extent will do in which none fits.
    let fitting = extent < 0 ? nil : geometry.count(position, in: extent) ?? 0
    if fitting == nil || fitting != count.value ?? fitting {
      throw ConstraintViolation(
        "C4",
        "axis \(axis) of \(operand) has \(count) windows, \(fitting ?? 0) fit into \(extent)")
    }
    return Dim(extent)
  }

  public func evaluate(_ operands: [NDArray], type: TensorType) throws(EvaluationFault) -> NDArray {
    let operand = operands[0]
    let source = IndexSpace(operand.shape)
    let result = IndexSpace(try staticExtents(type))
    let order = ReductionOrder(axes: [0], rank: 2)
    guard let add = ScalarFunction.add.program(for: [operand.dtype, operand.dtype]) else {
      throw EvaluationFault("fold has no meaning for \(operand.dtype)")
    }
    var fault = false
    return NDArray(dtype: type.dtype, shape: result.extents) { index in
      let point = result.point(at: index)
      let reaching = geometry.axes.enumerated().map { position, axis in
        (0..<geometry.sizes[position]).filter {
          (point[axis] - $0 * geometry.dilations[position]) % geometry.strides[position] == 0
        }
      }
      let positions = IndexSpace(reaching.map(\.count))
      return order.reduce(
        count: positions.count, identity: 0,
        element: { number in
          var place = point
          for (position, entry) in positions.point(at: number).enumerated() {
            let axis = geometry.axes[position]
            let element = reaching[position][entry]
            let distance = point[axis] - element * geometry.dilations[position]
            let window = distance / geometry.strides[position]
            if distance < 0 || window >= operand.shape[axis] { return 0 }
            place[axis] = window
            place.append(element)
          }
          return operand.bits(at: source.linear(place))
        },
        combine: { add.evaluate([$0, $1], fault: &fault)[0] })
    }
  }

  public func gradient(_ context: GradientContext) throws -> [Value?] {
    let operand = context.type(ofOperand: 0)
    if operand.shape.elementCount == 0 { return [try context.builder.full(0, operand)] }
    return [try context.builder.append(.window(WindowOp(geometry)), [context.cotangent])]
  }
}
