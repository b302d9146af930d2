# The Python environment of requirements.lock, by uv, under the hash of the lock; <checkout>/.venv is a link to it.
# Sourced by scripts/setup.

python_environment=$cache/python/$(sha256sum <"$checkout/scripts/python/requirements.lock" | cut -c 1-16)

python_environment_ready() {
  [ "$(readlink "$checkout/.venv")" = "$python_environment" ] && [ -x "$python_environment/bin/python" ]
}

install_python_environment() {
  [ -x "$python_environment/bin/python" ] || build_python_environment
  switch_link "$python_environment" "$checkout/.venv"
}

# LightGBM's wheel takes it from the system; elsewhere than on Linux it has another name, and the wheel says so.
openmp_ready() { [ "$(uname -s)" != Linux ] || "$python" -c 'import ctypes; ctypes.CDLL("libgomp.so.1")' 2>/dev/null; }

build_python_environment() {
  local new=$work/python
  uv_like_pip
  [ -x "$uv" ] || install_uv

  say "MLflow, the AWS emulator and their parts (uv, from PyPI) -> $python_environment"
  "$uv" venv --quiet --relocatable --python "$python" "$new"
  "$uv" pip install --quiet --python "$new/bin/python" --link-mode copy --compile-bytecode \
    --require-hashes --requirement "$checkout/scripts/python/requirements.lock"
  mkdir -p "$(dirname "$python_environment")"
  rm -rf "$python_environment"
  mv "$new" "$python_environment"
}

# The first interpreter on PATH that is new enough: its own path, which a version manager's shim is not.
find_python() {
  local name
  for name in python3 python3.11 python3.12 python3.13; do
    "$name" -c 'import sys; print(sys.executable); sys.exit(sys.version_info < (3, 11))' 2>/dev/null && return
  done | grep . || refuse "python3 on PATH is older than 3.11" "Install Python 3.11 or newer (Debian: python3, python3-venv)"
}

uv=$cache/uv/$(sed -n 's/^uv==\([^ ]*\).*/\1/p' "$checkout/scripts/python/uv.lock")/bin/uv

install_uv() {
  local with_pip=$python target
  target=$(dirname "$(dirname "$uv")")
  if ! "$python" -m pip --version >/dev/null 2>&1; then
    "$python" -m venv "$work/pip" >/dev/null 2>&1 || refuse "$python has neither pip nor venv" "Install one of them (Debian: python3-venv)"
    with_pip=$work/pip/bin/python
  fi
  say "uv (from PyPI) -> $target"
  PIP_ROOT_USER_ACTION=ignore "$with_pip" -m pip install --quiet --no-deps --require-hashes --only-binary :all: --target "$work/uv" \
    --requirement "$checkout/scripts/python/uv.lock" >&2
  mkdir -p "$(dirname "$target")"
  rm -rf "$target"
  mv "$work/uv" "$target"
}

# uv reads its own settings only. Where the machine says to pip alone which index and which certificates to use, uv gets the same.
uv_like_pip() {
  local index certificates
  index=$(pip_setting index-url)
  certificates=$(pip_setting cert)
  if [ -n "$index" ] && [ -z "${UV_DEFAULT_INDEX:-}${UV_INDEX_URL:-}" ]; then export UV_DEFAULT_INDEX=$index; fi
  if [ -n "$certificates" ] && [ -z "${SSL_CERT_FILE:-}" ]; then export SSL_CERT_FILE=$certificates; fi
}

# pip_setting NAME: from pip's variables, else its configuration files, else nothing.
pip_setting() {
  local variable
  variable=PIP_$(echo "$1" | tr a-z- A-Z_)
  echo "${!variable:-$("$python" -m pip config get "global.$1" 2>/dev/null || true)}"
}
