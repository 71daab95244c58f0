"""What adapters are made of: each piece stands here because several of them need it.

    window        closed windows of time with a keyset: reading changes by stamps
    rowversions   the same by numbers that rise with each change
    details       records whose rows are forms of their own
    passes        lists of numbered pages, read until they stand still
    recent        what we wrote so lately that queries may not show it yet
    ladder        the steps that a bill takes, one by one, each only where it has to be taken
    bills         a whole write of a bill, on such a ladder
    expected      what must stand in the target after a save
    shared        a session or a token that one caller renews for all
    sealed        events that arrive encrypted
    approvals     systems in which people approve things
    channel       connections that only tell people something
    errcodes      answers that say by an `errcode`, under HTTP 200, what became of a call
    wecom         the same of WeCom, called by an application, with its token
    fitting       texts shortened to what a channel allows, never broken
    described     what the forms of a system hold, asked once
    millis        instants as whole milliseconds

The core uses none of it, and an adapter may do without.
"""
