# What ./start and ./test share: Debian packages and the locked virtual environment.
# Nothing outside the project's folder and Debian's packages is touched.

# install_packages WHY PACKAGE …: install those that are missing, saying so first.
install_packages() {
  local why=$1 missing=() package
  shift
  for package in "$@"; do
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q '^install ok installed$' || missing+=("$package")
  done
  [ ${#missing[@]} -eq 0 ] && return 0
  echo "Paquets Debian à installer, pour $why : ${missing[*]}" >&2
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq >&2
  apt-get install -y -qq --no-install-recommends "${missing[@]}" >.tools/apt.log 2>&1 ||
    { tail -n 5 .tools/apt.log >&2; echo "L’installation n’a pas abouti ; le détail est dans .tools/apt.log." >&2; exit 2; }
}

# install_python [UV-SYNC-OPTION …]: the locked environment in .venv, through uv in .tools.
install_python() {
  local uv=.tools/uv/bin/uv python
  python=$(command -v python3.11 || command -v python3)
  export UV_CACHE_DIR=$PWD/.tools/cache UV_PYTHON_DOWNLOADS=never UV_LINK_MODE=hardlink
  # The machine trusts whom it trusts, a proxy of its network included.
  export UV_SYSTEM_CERTS=1
  if [ ! -x "$uv" ]; then
    echo "Installation de uv dans .tools, puis de l’environnement verrouillé dans .venv" >&2
    "$python" -c 'import ensurepip' 2>/dev/null || install_packages "Python" python3-venv
    "$python" -m venv .tools/uv
    .tools/uv/bin/pip install --quiet --no-cache-dir --disable-pip-version-check 'uv>=0.9'
  fi
  # Confined readers never write bytecode: without it each of them compiles its libraries anew.
  "$uv" sync --quiet --locked --compile-bytecode --python "$python" "${@:---no-dev}"
  .venv/bin/python -m compileall -q -j 0 src/vigie
}

mkdir -p .tools
