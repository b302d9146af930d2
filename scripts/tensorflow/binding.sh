# The native binding of @tensorflow/tfjs-node. Its own install script fetches libtensorflow from a host that many networks close, so
# on Linux x86_64 the libraries and C headers come out of PyPI's wheel, pinned by hash, and g++ compiles the package's C++ sources.
# Other platforms fall back on the package's script. Sourced by scripts/setup.

tensorflow_package=$checkout/node_modules/@tensorflow/tfjs-node
tensorflow_wheel_files='tensorflow/include/tensorflow/c/ tensorflow/include/tensorflow/core/platform/ctstring
  tensorflow/include/tsl/c/ tensorflow/include/tsl/platform/ctstring
  tensorflow/libtensorflow_cc.so.2 tensorflow/libtensorflow_framework.so.2'

tensorflow_binding_ready() { [ -e "$tensorflow_package/lib/napi-v8/tfjs_binding.node" ]; }

tensorflow_binding_needs_compiler() {
  [ "$(uname -sm)" = "Linux x86_64" ] && ! tensorflow_binding_ready && [ ! -d "$(built_tensorflow_binding)" ]
}

# Where this version of the binding stands, or will.
built_tensorflow_binding() {
  local version
  version=$(node -p 'require(process.argv[1]).packages["node_modules/@tensorflow/tfjs-node"].version' "$checkout/package-lock.json")
  echo "$cache/tfjs/$version-$(cat "$checkout/scripts/tensorflow/"* | sha256sum | cut -c 1-16)"
}

install_tensorflow_binding() {
  if [ "$(uname -sm)" != "Linux x86_64" ]; then
    say "TensorFlow -> node_modules/@tensorflow/tfjs-node, by the package's own script"
    (cd "$checkout" && npm rebuild @tensorflow/tfjs-node --ignore-scripts=false --loglevel error >&2)
    return
  fi
  local built
  built=$(built_tensorflow_binding)
  if [ ! -d "$built" ]; then build_tensorflow_binding "$built"; fi
  switch_link "$built/deps" "$tensorflow_package/deps"
  switch_link "$built/lib" "$tensorflow_package/lib"
}

build_tensorflow_binding() {
  local built=$1 new=$work/tfjs
  mkdir -p "$new/deps" "$new/lib/napi-v8" "$(dirname "$built")"

  say "TensorFlow's libraries (207 MB from PyPI) -> $built/deps"
  "$checkout/.venv/bin/python" -m pip download --quiet --dest "$work/wheel" --no-deps --require-hashes --only-binary :all: \
    --python-version 3.11 --implementation cp --abi cp311 --platform manylinux_2_17_x86_64 \
    --requirement "$checkout/scripts/tensorflow/requirements.lock" >&2
  "$checkout/.venv/bin/python" "$checkout/scripts/tensorflow/unpack.py" "$work/wheel" "$new/deps" $tensorflow_wheel_files

  say "TensorFlow's binding (g++, about half a minute) -> $built/lib"
  local libraries=$new/deps/tensorflow binding=$new/lib/napi-v8/tfjs_binding.node
  g++ -shared -fPIC -O2 -std=c++17 -DNAPI_VERSION=8 -o "$binding" \
    -I"$tensorflow_package/binding" -I"$checkout/node_modules/node-api-headers/include" -I"$libraries/include" \
    "$tensorflow_package/binding/tfjs_backend.cc" "$tensorflow_package/binding/tfjs_binding.cc" \
    -L"$libraries" -l:libtensorflow_cc.so.2 -l:libtensorflow_framework.so.2 -Wl,-rpath,'$ORIGIN/../../deps/tensorflow'
  TF_CPP_MIN_LOG_LEVEL=1 "$checkout/node_modules/node/bin/node" -e 'process.dlopen({ exports: {} }, process.argv[1])' "$binding"
  mv "$new" "$built"
}
