"""The commands there are: name, where its function lives, and the line that `vedette --help` shows.

To add one, write `doors/cli/<name>.py` with a function whose parameters are the options (degrees, kilometres and UTC
here and nowhere deeper) and whose docstring is its help; import anything heavy *inside* the function; return nothing
for success or an exit code; raise a `VedetteError` for trouble that has words. Then add its line here. A family of
commands (`vedette catalogue where`) is one line with its actions, each a function in a file of its own.
"""

from typing import NamedTuple


class Command(NamedTuple):
    """One line of `vedette --help`."""

    name: str
    function: str  # "module:function", imported only when the command is run
    help: str
    actions: tuple["Command", ...] = ()  # of a command that is a family: its members, and no function of its own


# Each lives in `doors/cli/catalogue/<action>.py`.
_CATALOGUE = (
    Command("load", "vedette.doors.cli.catalogue.load:load", "Keep the element sets of files."),
    Command("fetch", "vedette.doors.cli.catalogue.fetch:fetch", "Get element sets from an address, and keep them."),
    Command("show", "vedette.doors.cli.catalogue.show:show", "Count what is kept, or tell one object's history."),
    Command("where", "vedette.doors.cli.catalogue.where:where", "Say where an object is, and how sure that is."),
    Command("passes", "vedette.doors.cli.catalogue.passes:passes", "Say when objects cross what a sensor sees."),
    Command("inview", "vedette.doors.cli.catalogue.inview:inview", "Say what just crossed a sensor's beam."),
    Command("identify", "vedette.doors.cli.catalogue.identify:identify", "Name unknown positions."),
    Command("reentry", "vedette.doors.cli.catalogue.reentry:reentry", "Foretell when and where an object comes down."),
    Command("pc", "vedette.doors.cli.catalogue.pc:pc", "Say how likely a collision is that a message warns of."),
    Command("manoeuvres", "vedette.doors.cli.catalogue.manoeuvres:manoeuvres", "Say when an object burned."),
    Command("launches", "vedette.doors.cli.catalogue.launches:launches", "Group what is new by launch."),
    Command("proximity", "vedette.doors.cli.catalogue.proximity:proximity", "Say who stays beside whom."),
    Command("breakups", "vedette.doors.cli.catalogue.breakups:breakups", "Say what broke up between two catalogues."),
    Command("fit", "vedette.doors.cli.catalogue.fit:fit", "Determine an orbit from ranges, angles or positions."),
    Command("screen", "vedette.doors.cli.catalogue.screen:screen", "Say who comes near whom, likeliest first."),
    Command("plan", "vedette.doors.cli.catalogue.plan:plan", "Say whom a planned flight would meet."),
)

# Each lives in `doors/cli/node/<action>.py`.
_PEER = (
    Command("add", "vedette.doors.cli.node.peer:add", "Add a partner by its card, and its fingerprint as heard."),
    Command("remove", "vedette.doors.cli.node.peer:remove", "Forget a partner."),
    Command("suspend", "vedette.doors.cli.node.peer:suspend", "Set a partner, or a region, aside."),
    Command("resume", "vedette.doors.cli.node.peer:resume", "Take up again what was set aside."),
)
_KEY = (
    Command("show", "vedette.doors.cli.node.key:show", "Show keys, with the words to read over a telephone."),
    Command("rotate", "vedette.doors.cli.node.key:rotate", "Let a new key follow one that is still sound."),
    Command("revoke", "vedette.doors.cli.node.key:revoke", "Believe a key no more, from the next message on."),
    Command("trust", "vedette.doors.cli.node.key:trust", "Believe a partner's key whose words were compared."),
    Command("exercise", "vedette.doors.cli.node.exercise:exercise", "Write whose drill keys play an exercise."),
    Command("join", "vedette.doors.cli.node.exercise:join", "Join an exercise whose words were compared."),
    Command("take", "vedette.doors.cli.node.key:take", "Take a partner's statement that came by another way."),
)
_NODE = (
    Command("demo", "vedette.doors.cli.node.demo:demo", "Play one story to two owners, side by side."),
    Command("init", "vedette.doors.cli.node.init:init", "Make a node: names, keys, its own certificate authority."),
    Command("card", "vedette.doors.cli.node.card:card", "Print what a partner is handed."),
    Command("peer", "", "Add, remove, suspend and resume partners.", _PEER),
    Command("key", "", "Show, change over and take back the keys that sign for a node.", _KEY),
    Command("transcript", "vedette.doors.cli.node.transcript:transcript", "Write what was told, for `vedette verify`."),
    Command("run", "vedette.doors.cli.node.run:run", "Watch, serve the console, and keep the links to partners."),
    Command("release", "vedette.doors.cli.node.release:release", "Try a release policy: what would leave, and why."),
    Command("asyncapi", "vedette.doors.cli.node.asyncapi:asyncapi", "Print how a partner's programs read our link."),
    Command("standby", "vedette.doors.cli.node.standby:standby", "Follow the watch; take its place if it dies."),
    Command("yield", "vedette.doors.cli.node.standby:yield_", "Let who acts hand over to who stands by."),
    Command("status", "vedette.doors.cli.node.status:status", "Say how the node and its links stand."),
    Command("give", "vedette.doors.cli.node.give:give", "Let another service of this owner report a track."),
    Command("identify", "vedette.doors.cli.node.give:identify", "Decide what a track is, where services differ."),
    Command("ask", "vedette.doors.cli.node.desk:ask", "Ask a partner's desk; send it a cue, a plan, a note."),
    Command("answer", "vedette.doors.cli.node.desk:answer", "Answer what a partner's desk asked."),
    Command("words", "vedette.doors.cli.node.desk:words", "List what the desks said, and what became of it."),
    Command("share", "vedette.doors.cli.node.desk:share", "Tell partners notices of ours, signed by us."),
    Command("notices", "vedette.doors.cli.node.desk:notices", "List notices that partners shared; take them."),
)

COMMANDS: tuple[Command, ...] = (
    Command("demo", "vedette.doors.cli.demo:demo", "Open the console on two launches, played as an exercise."),
    Command("watch", "vedette.doors.cli.watch:watch", "Watch feeds: detect, track, name, predict, propose alerts."),
    Command("serve", "vedette.doors.cli.serve:serve", "Serve the watch: the console, an API, a stream of changes."),
    Command("review", "vedette.doors.cli.review:review", "Open the console on kept journals: the past, read only."),
    Command("replay", "vedette.doors.cli.replay:replay", "Play a journal again: the same bytes as the live run."),
    Command("explain", "vedette.doors.cli.explain:explain", "Say what a track rests on, and how the belief moved."),
    Command("whatif", "vedette.doors.cli.whatif:whatif", "Replay without a sensor or a notice, and say what changes."),
    Command("report", "vedette.doors.cli.report:report", "Write the after-action report of a journal, on one page."),
    Command("export", "vedette.doors.cli.export:export", "Write a journal as CZML, GeoJSON, KML, CSV or Parquet."),
    Command("journal", "vedette.doors.cli.journal:journal", "List journals, or check one entry by entry."),
    Command("calibration", "vedette.doors.cli.calibration:calibration", "Say how honest the stated doubt was."),
    Command("sensors", "vedette.doors.cli.sensors:sensors", "List sensors; show one, and what it covers."),
    Command("scenario", "vedette.doors.cli.scenario:scenario", "Make a story, run the engine on it, score it."),
    Command("rehearse", "vedette.doors.cli.rehearse:rehearse", "Play a story through bad luck, with checkers running."),
    Command("alert", "vedette.doors.cli.alert:alert", "See what is proposed; release it by two, take it back by one."),
    Command("handover", "vedette.doors.cli.handover:handover", "Write the report of a watch for those who take over."),
    Command("accounts", "vedette.doors.cli.accounts:accounts", "Make the accounts that act, and open sessions."),
    Command("keys", "vedette.doors.cli.keys:keys", "Make live, drill and record keys; say which are believed."),
    Command("verify", "vedette.doors.cli.verify:verify", "Check a transcript of two owners, without a node."),
    Command("audit", "vedette.doors.cli.audit:audit", "Read who did what, and check that the record is whole."),
    Command("notices", "vedette.doors.cli.notices:notices", "Keep what partners announce; match what is seen."),
    Command("registration", "vedette.doors.cli.registration:registration", "Say what the sensors read too much."),
    Command("catalogue", "", "Know what is up there: load, ask, name, compare.", _CATALOGUE),
    Command("conformance", "vedette.doors.cli.conformance:conformance", "Examine a partner's node from outside."),
    Command("node", "", "Warn together with other owners: share what you choose, trust what you verify.", _NODE),
    Command("arc", "vedette.doors.cli.arc:arc", "Say what a published height, distance and time imply."),
    Command("cue", "vedette.doors.cli.cue:cue", "Say when and where a track will appear to other sensors."),
    Command("channels", "vedette.doors.cli.channels:channels", "Say which ways out there are; try them; deliver."),
    Command("shelter", "vedette.doors.cli.shelter:shelter", "Say which areas are in danger, and how long they have."),
    Command("coverage", "vedette.doors.cli.coverage:coverage", "Say what 'no launch seen' is worth, place by place."),
    Command("doctor", "vedette.doors.cli.doctor:doctor", "Say what on this machine is degraded, and the cure."),
    Command("version", "vedette.doors.cli.version:version", "Print the version of Vedette."),
)
