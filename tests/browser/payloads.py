"""What somebody types who wants a script to run on another one's screen: forty ways, each naming its number."""

_FORMS = (
    "<script>{run}</script>",
    "</script><script>{run}</script>",
    "<img src=x onerror={run}>",
    "<img/src=x/onerror={run}>",
    "<svg onload={run}>",
    "<svg><script>{run}</script></svg>",
    "<svg><animate onbegin={run} attributeName=x>",
    "<body onload={run}>",
    "<iframe src=javascript:{run}>",
    "<iframe srcdoc='<script>{run}</script>'>",
    "<object data=javascript:{run}>",
    "<embed src=javascript:{run}>",
    "<a href=javascript:{run}>x</a>",
    "[x](javascript:{run})",
    "[x](JaVaScRiPt:{run})",
    "[x](java\tscript:{run})",
    "[x](&#106;avascript:{run})",
    "[x](data:text/html,<script>{run}</script>)",
    "[x](vbscript:{run})",
    "![x](javascript:{run})",
    "![x](x onerror={run})",
    '![" onerror="{run}](x.png)',
    '[x](https://a.example"onmouseover="{run})',
    "<https://a.example/?<script>{run}</script>>",
    "<javascript:{run}>",
    "<details open ontoggle={run}>",
    "<video src=x onerror={run}>",
    "<audio src=x onerror={run}>",
    "<input autofocus onfocus={run}>",
    "<select autofocus onfocus={run}>",
    "<marquee onstart={run}>",
    "<style>@import 'javascript:{run}'</style>",
    "<link rel=stylesheet href=javascript:{run}>",
    "<meta http-equiv=refresh content='0;url=javascript:{run}'>",
    "<base href=javascript:{run}//>",
    "<form action=javascript:{run}><button>x",
    "<math><mtext><img src=x onerror={run}>",
    "<template><script>{run}</script></template>",
    "`<img src=x onerror={run}>`",
    "'\";{run}//",
)
PAYLOADS = [form.replace("\t", " ").format(run=f"ran({number})") for number, form in enumerate(_FORMS)]
assert len(PAYLOADS) == 40

LISTEN = "window.ran = number => console.error('a payload ran: ' + number); window.alert = window.ran"
"""A script for every page: what runs is an error in the browser's own log, and so a fault of the visit."""
