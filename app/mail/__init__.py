"""Mail: how it is worded, posted, and handed to a mail server.

**To post a mail**, inside the `auto_commit` block of what gives cause for it::

    container.mail.outbox.post_to_member(giver_id, "drift_requested", {"title": "三体", "until": 1_796_400_000})
    container.mail.outbox.post("confirm", Recipient(address=…, name=nickname, language="zh", user_id=…))

The first is for notices: members who want no mail get none. The second is for mail about the account itself.
``flask worker`` sends what is posted (`app.services.operations.mail_delivery`), at least once, and wipes the context afterwards.

**To add a kind of mail**, make a folder ``messages/<kind>/`` with, for each language (``zh``, ``en``):

``subject.<language>.txt``
    One line, without the ``[鱼书]`` in front; `Renderer` adds it.
``body.<language>.txt``
    What the mail says, in plain text. Paragraphs are divided by an empty line; a link stands alone in its paragraph.
``body.<language>.html`` (optional)
    The same words in HTML: ``<p>`` paragraphs, and ``{{ button(address, label) }}`` for the one thing to do. Without this
    file the HTML part is made from the text: each paragraph a ``<p>``, each address a link. A test checks that both say
    the same.

Greeting, farewell and sender's line come from ``messages/layout.*``; bodies hold none of them. A template may use:

* every key of the context: plain JSON values, times as epoch seconds. A name that is missing is an error when the mail
  is posted, not a gap in somebody's mail. Both languages must need the same names;
* ``name``: the recipient's nickname; ``language``: ``zh`` or ``en``;
* ``url("/pending")``: the full address of a page of the site;
* ``moment | date``: an epoch second as ``2026年12月5日`` or ``5 December 2026``, in the site's time zone;
* ``secret.…``: what the kind's mint gives when the mail is sent.

Never put a postal address, a mobile number or a drift's message into a context: mail does not carry them.

**Secrets**, such as the token of a confirmation link, lie in no table: they are made at each try to send. Add a
`SecretFactory` for the kind to `OperationParts.secret_factories`: it gets the `PendingMail` (whom, which kind, which context) and gives a mapping, found
by the templates as ``secret``. It raises `NoLongerWantedError` when nobody needs the mail any more.
"""
