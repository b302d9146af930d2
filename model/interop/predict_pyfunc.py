"""predict_pyfunc.py MODEL_URI ROWS: answers rows (JSON, by column) with mlflow.pyfunc, as JSON by output."""

import json
import sys

import mlflow
import pandas

uri, rows = sys.argv[1:]
frame = pandas.DataFrame(json.load(open(rows)))
print(mlflow.pyfunc.load_model(uri).predict(frame).to_json(orient="columns", double_precision=15))
