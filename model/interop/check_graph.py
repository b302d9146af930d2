"""check_graph.py GRAPH ROWS: checks an ONNX graph and answers rows (JSON, by column) with Python's onnxruntime, as JSON by output."""

import json
import sys

import numpy
import onnx
import onnxruntime

graph, rows = sys.argv[1:]
onnx.checker.check_model(graph, full_check=True)
session = onnxruntime.InferenceSession(graph, providers=["CPUExecutionProvider"])
columns = json.load(open(rows))
types = {"tensor(float)": numpy.float32, "tensor(string)": object}
feeds = {i.name: numpy.array(["" if v is None and i.type == "tensor(string)" else v for v in columns[i.name]], dtype=types[i.type]) for i in session.get_inputs()}
print(json.dumps({o.name: values.tolist() for o, values in zip(session.get_outputs(), session.run(None, feeds))}))
