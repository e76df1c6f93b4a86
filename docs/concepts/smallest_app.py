"""The smallest app: one object, one function, one rule; and what Flask adds without being asked."""

from flask import Flask

app = Flask(__name__)


@app.get("/")
def home() -> str:
    return "鱼书"


def main() -> None:
    print("the rules:", sorted((rule.rule, rule.endpoint) for rule in app.url_map.iter_rules()))
    assert {rule.endpoint for rule in app.url_map.iter_rules()} == {"home", "static"}

    visitor = app.test_client()  # a browser without a network: it calls the app as a server would
    answer = visitor.get("/")
    print("GET /", answer.status, answer.content_type, answer.text)
    assert answer.text == "鱼书"
    assert visitor.get("/books").status_code == 404
    assert visitor.post("/").status_code == 405

    # What `import_name` is for: templates/ and static/ are looked for in the folder of that module.
    print("templates in:", app.template_folder, "| static files in:", app.static_url_path)
    assert app.root_path.endswith("concepts")


if __name__ == "__main__":  # true for `python smallest_app.py`, false when a server or a test imports the file
    main()
