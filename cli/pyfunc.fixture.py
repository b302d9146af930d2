"""Loads a model as Python users do, and prints what it predicts for the launches in $LAUNCHES (CSV); with --rows, the rows themselves."""

import io
import json
import os
import sys

import mlflow
import pandas

model = mlflow.pyfunc.load_model(sys.argv[1])
launches = pandas.read_csv(io.StringIO(os.environ["LAUNCHES"]), keep_default_na=False)
columns = {}
for column in model.metadata.get_input_schema().inputs:
    values = launches[column.name]
    if column.type.name == "string":
        columns[column.name] = values.astype(str)
    else:
        columns[column.name] = pandas.to_numeric(values.replace({"": None, "true": 1, "false": 0})).astype("float64")
rows = pandas.DataFrame(columns)
if "--rows" in sys.argv:
    print(rows.to_json(orient="records"))
else:
    print(json.dumps(pandas.DataFrame(model.predict(rows)).to_dict(orient="records"), default=lambda value: value.item()))
