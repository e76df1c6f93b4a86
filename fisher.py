"""The entries: `server` for the web server (ASGI), `app` for any WSGI server, `python fisher.py` for a development server."""

import gc
import sys

from app import create_app
from app.gateway.asgi import Gateway
from config import SettingsError

try:
    app = create_app()
except (SettingsError, OSError) as error:
    sys.exit(f"YuShu cannot start: {error}")
server = Gateway(app)
gc.freeze()  # what the program itself is made of is not looked through again for garbage: it stopped all threads for 90 ms

if __name__ == "__main__":
    from app.cli.bootstrap import bootstrap

    bootstrap(app)
    app.run(host=app.config["HOST"], port=app.config["PORT"], debug=app.config["DEBUG"])
