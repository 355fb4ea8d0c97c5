// Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.
