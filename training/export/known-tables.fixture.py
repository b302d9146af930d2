"""known-tables.fixture.py FOLDER: asks each graph in FOLDER (N.onnx) by Python's onnxruntime what N.json says it was asked; prints what it answers."""

import json
import pathlib
import sys

import numpy
import onnxruntime


def column(values, kind):
    if kind == "tensor(string)":
        return numpy.array(["" if value is None else value for value in values], dtype=object)
    return numpy.array([numpy.nan if value is None else value for value in values], dtype=numpy.float32)


options = onnxruntime.SessionOptions()
options.intra_op_num_threads = 1
answers = []
for path in sorted(pathlib.Path(sys.argv[1]).glob("*.onnx"), key=lambda path: int(path.stem)):
    session = onnxruntime.InferenceSession(path, options)
    outputs = [output.name for output in session.get_outputs()]
    numbers = [name for name in outputs if name.startswith("probability_")] or outputs
    asked = json.loads(path.with_suffix(".json").read_text())
    feeds = {one.name: column(asked[one.name], one.type) for one in session.get_inputs()}
    answers.append(numpy.stack([answer.ravel() for answer in session.run(numbers, feeds)], axis=1).tolist())
print(json.dumps(answers))
