"""The WSGI entry: `app` for a server, `python fisher.py` for a development server."""

from app import create_app

app = create_app()

if __name__ == "__main__":
    from app.cli.prepare import prepare

    prepare(app)
    app.run(host=app.config["HOST"], port=app.config["PORT"], debug=app.config["DEBUG"])
