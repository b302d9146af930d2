"""Runs MLflow's command line, whose server then serves in this very process.

MLflow itself starts a second process for that, which loads everything again: half of the time until it answers, and 250 MB that stay.
"""

import os
import sys

import uvicorn  # before MLflow, which looks whether it is loaded to know that it serves
from mlflow import server
from mlflow.cli import cli


def serve_here(command, *, extra_env, **_):
    """In place of the start of `python -m uvicorn OPTIONS`."""
    os.environ.update(extra_env)
    sys.exit(uvicorn.main(command[command.index("uvicorn") + 1 :]))


server._exec_cmd = serve_here
cli()
