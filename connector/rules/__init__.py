"""Rules: what people are told, and what is done, when a record comes into a state.

A rule watches one kind of record. Its condition is evaluated whenever a record of it changed, and
once a day, for dates pass; what it has found is kept, so that each record is told of once.

    model, rule, load   what stands in a file, and what is made of it
    record, joining     what a condition and a text can name
    standing            the pure heart: how a record stood, how it stands, what follows
    evaluate            the records that changed, in transactions
    text, people        what is told, and to whom
    telling, reporting  when it is told, and how much at once
"""
