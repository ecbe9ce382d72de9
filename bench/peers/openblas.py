"""Times OpenBLAS's sgemm: `openblas.py <seconds>`; each request is a product with its operands' shapes; see ../src/kernels/main.ts."""
import ctypes
import ctypes.util
import json
import os
import sys
import time

import numpy

ROW_MAJOR, AS_IT_IS, TRANSPOSED = 101, 111, 112
REAL = ctypes.POINTER(ctypes.c_float)


def load():
    path = os.environ.get("OPENBLAS") or ctypes.util.find_library("openblas")
    if path is None:
        raise SystemExit("Error: no OpenBLAS here (Debian: apt-get install libopenblas0), or OPENBLAS=/path/to/libopenblas.so.0")
    library = ctypes.CDLL(path)
    library.openblas_get_corename.restype = ctypes.c_char_p
    library.openblas_get_config.restype = ctypes.c_char_p
    return library


def multiply(library, a, b, c, product):
    rows, depth, columns = product["rows"], product["depth"], product["columns"]
    transpose_a, transpose_b = (product.get("transposed") == each for each in "ab")
    pointers = [each.ctypes.data_as(REAL) for each in (a, b, c)]
    library.cblas_sgemm(
        ROW_MAJOR,
        TRANSPOSED if transpose_a else AS_IT_IS,
        TRANSPOSED if transpose_b else AS_IT_IS,
        rows,
        columns,
        depth,
        ctypes.c_float(1),
        pointers[0],
        rows if transpose_a else depth,
        pointers[1],
        depth if transpose_b else columns,
        ctypes.c_float(0),
        pointers[2],
        columns,
    )


def time_product(library, product, seconds):
    rows, depth, columns = product["rows"], product["depth"], product["columns"]
    generator = numpy.random.default_rng(1)
    a, b = (generator.random(size, dtype=numpy.float32) - 0.5 for size in (rows * depth, depth * columns))
    c = numpy.zeros(rows * columns, dtype=numpy.float32)
    multiply(library, a, b, c, product)
    left = a.reshape(depth, rows).T if product.get("transposed") == "a" else a.reshape(rows, depth)
    right = b.reshape(columns, depth).T if product.get("transposed") == "b" else b.reshape(depth, columns)
    exact = left.astype(float) @ right.astype(float)
    bound = depth * 2.0**-24 / (1 - depth * 2.0**-24) * (abs(left).astype(float) @ abs(right).astype(float))
    if not (abs(c.reshape(rows, columns) - exact) <= bound).all():
        return {"fault": "its product is wrong"}
    times = []
    end = time.perf_counter() + seconds
    # Short products are timed several at a time: the clock and Python take a microsecond.
    together = max(1, int(2e6 / (rows * depth * columns)))
    while len(times) < 5 or time.perf_counter() < end:
        start = time.perf_counter()
        for _ in range(together):
            multiply(library, a, b, c, product)
        times.append((time.perf_counter() - start) / together * 1e3)
    return {"milliseconds": sorted(times)[len(times) // 2]}


def say(answer):
    print(json.dumps(answer), flush=True)


blas = load()
say({"version": blas.openblas_get_config().decode()})
for line in sys.stdin:
    request = json.loads(line)["argument"]
    answers = []
    for threads in (1, 2):
        blas.openblas_set_num_threads(threads)
        core = blas.openblas_get_corename().decode()
        name = f"OpenBLAS ({core})" + ("" if threads == 1 else f", {threads} threads")
        answers.append({"name": name, **time_product(blas, request, float(sys.argv[1]))})
    say(answers)
