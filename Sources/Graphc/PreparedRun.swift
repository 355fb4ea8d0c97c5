// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.

import GraphIR

/// A kind of run that has code. A request is compared with it field by field, which takes less than to make a key of the
/// request and to look that up.
final class PreparedRun: Sendable {
  let key: RunKey
  let run: CompiledRun

  init(key: RunKey, run: CompiledRun) {
    self.key = key
    self.run = run
  }

  /// The fed arrays in the order of the key, if a request is of this kind and needs no conversion.
  func arrays(
    _ fetches: [Tensor], _ targets: [Operation], _ feeds: [Tensor: NDArray], of graph: Graph
  ) -> [NDArray]? {
    guard fetches.count == key.fetches.count, feeds.count == key.feeds.count else { return nil }
    for (fetch, value) in zip(fetches, key.fetches) where fetch.value != value || fetch.graph !== graph {
      return nil
    }
    var position = 0
    for target in targets {
      for tensor in target.tensors {
        guard position < key.targets.count, tensor.value == key.targets[position], tensor.graph === graph
        else { return nil }
        position += 1
      }
    }
    guard position == key.targets.count else { return nil }
    var arrays = [NDArray](repeating: PreparedRun.none, count: feeds.count)
    for (tensor, array) in feeds {
      guard tensor.graph === graph, let place = key.feeds.firstIndex(where: { $0.value == tensor.value }),
        key.feeds[place].takes(array)
      else { return nil }
      arrays[place] = array
    }
    return arrays
  }

  private static let none = NDArray(dtype: .bool, shape: [0]) { _ in }
}

extension RunKey.Feed {
  /// Whether an array can be fed as it is.
  func takes(_ array: NDArray) -> Bool {
    array.isPlain && array.dtype == dtype && array.shape == shape
  }
}
