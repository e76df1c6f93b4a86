"""Mail: how a letter is worded, written and handed to a mail server.

**To add a mail**, make a folder ``messages/<kind>/`` with, for each language (``zh``, ``en``):

``subject.<language>.txt``
    One line, without the ``[鱼书]`` in front; `Renderer` adds it.
``body.<language>.txt``
    What the letter says, in plain text. Paragraphs are divided by an empty line; a link stands alone in its paragraph.
``body.<language>.html`` (optional)
    The same words in HTML: ``<p>`` paragraphs, and ``{{ button(address, label) }}`` for the one thing to do. Without this
    file the HTML part is made from the text: each paragraph a ``<p>``, each link that stands alone a button. A test
    checks that both say the same.

Greeting, farewell and the reason why one gets this mail come from ``messages/layout.*``; bodies hold none of them.
What a template may use:

* every key of the ``context`` given to `Outbox.post`: plain JSON values (times as epoch seconds). A name that is missing is
  an error when the mail is posted, not an empty gap in somebody's letter;
* ``name``: the recipient's nickname; ``language``: ``zh`` or ``en``;
* ``url("/pending")``: the address of a page of the site;
* ``moment | date``: an epoch second as ``2026年12月5日`` or ``5 December 2026``, in the site's time zone.

Never put a recipient's postal address, mobile number or message into a context: mail does not carry them.

**Secrets** (a confirmation link) are not in the context either: they are made when the mail is sent. Register a
`Mint` for the kind (`app.services.courier`); the mapping that it gives is added to the context. Such names are declared by
a line ``{# at sending: token #}`` at the top of the body, so that posting knows that they come later.
"""
