# npm's packages as package-lock.json pins them, and the project's own Node 22 (an npm package of its own, put in place by a script
# of that package: the one script of a dependency that runs). Sourced by scripts/setup.

node_packages_ready() {
  [ -x "$checkout/node_modules/node/bin/node" ] && node "$checkout/scripts/node/matches-lock.cjs" "$checkout"
}

install_node_packages() {
  if ! node "$checkout/scripts/node/matches-lock.cjs" "$checkout"; then
    say "npm's packages -> node_modules (npm ci)"
    (cd "$checkout" && npm ci --loglevel error >&2)
  fi
  say "Node 22 -> node_modules/node"
  (cd "$checkout" && npm rebuild node --ignore-scripts=false --loglevel error >&2)
}
