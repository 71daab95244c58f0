"""Reviews (订单评审): departments look at a record before it is delivered.

The engine holds a delivery at its gate until the review of just this document has ended well; this
package asks the departments, takes their answers and reminds them.

    board       the reviews of a configuration, compiled
    asking      new reviews: whom they concern, what each is shown
    answering   what departments say, and whether they may
    polling     answers that people gave in a system of their own
    following   departments that rules ask, while these hold
    minding     reminders, escalation, and reviews that nobody needs any more
    telling     what people are told of all this, and the record that goes back to the CRM
    links       links with which a message can be answered
    page        the page behind such a link
"""
