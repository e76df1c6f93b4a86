"""Between the web server and the site.

The web server speaks HTTP and ASGI, the site is a WSGI app. What arrives is read here to its end, on the server's event
loop and within a deadline, before a thread is taken: who sends slowly holds a socket and nothing else. What waits for a
thread waits here, too: looks at pages and forms each have threads of their own.
"""
