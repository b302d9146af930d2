"""Prints the REST routes of the installed MLflow server as JSON, from the server's own list: [["GET", "/api/2.0/…"], …]"""

import json

from mlflow.server import handlers

routes = {(method, path) for path, _, methods in handlers.get_endpoints() for method in methods if path.startswith("/api/")}
print(json.dumps(sorted(routes, key=lambda route: (route[1], route[0]))))
