"""Takes out of the one wheel in a folder the files that begin with the given prefixes: unpack.py FOLDER TARGET PREFIX..."""

import pathlib
import sys
import zipfile

folder, target, *prefixes = sys.argv[1:]
(wheel,) = pathlib.Path(folder).glob("*.whl")
with zipfile.ZipFile(wheel) as archive:
    archive.extractall(target, [name for name in archive.namelist() if name.startswith(tuple(prefixes))])
