"""The watch as a web server: one process that talks to readers, one that watches, and what passes between them.

`serving` starts it; `app` puts the routes of `routes` together; `hub` holds the newest picture and gives it to every
reader of the stream; `worker` is the process of the watch itself, and `worker_link` the server's end of its pipe.
"""
