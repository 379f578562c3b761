"""English."""

from ai.grounding.lexicon.words import Words, listed

WORDS = Words(
    glue=listed(
        """
        a an the this that these those it it's its itself they them their they're there there's here here's
        he she his her who whom whose which what when where why how if and or so but as at by for from in
        into of off on onto out over to up down with within about around regarding concerning re until till
        since before after between during per via than then too also again just only even already yet still
        be been being am do does did done get gets got go goes going come comes coming see sees look looks
        take takes give gives put make makes say says tell tells know any some all both each every other
        another else more most much many few own same such soon later now well property home place listing
        address one's cf i'd we'd sir madam let's next house house's apartment flat unit describes described
        states stated shows me my mine us our ours ok okay him hers himself themselves ourselves someone's
        """
    ),
    courtesy=listed(
        """
        hi hello dear good thanks thank thankyou please kind kindly love remember warm
        warmest best regards wishes sincerely cheers welcome sorry apologies apologise happy glad pleased delighted
        hope hoping forward hearing hear meeting meet appreciate appreciated hesitate feel reach contact touch help
        assist assistance further information details anything time getting wonderful lovely great pleasure
        """
    ),
    negation=listed(
        """
        not no n't never without none neither nor cannot can't don't doesn't isn't aren't wasn't won't
        hasn't haven't hadn't weren't didn't couldn't wouldn't shouldn't needn't mustn't nothing nobody nowhere hardly
        """
    ),
    affirmation=listed(
        """
        yes yep yeah sure certainly indeed absolutely correct right definitely exactly
        """
    ),
    second=listed("you your yours you're you've you'd you'll yourself"),
    first=listed(
        """
        i i'm i'll i've we we're we'll we've someone somebody colleague colleagues
        """
    ),
    asserting=listed(
        """
        is are was were has have had can could may might will would shall comes remains it's there's they're isn't
        aren't wasn't
        """
    ),
    whether=listed("whether if"),
    breaking=listed("but and because since so while although though , ; : ( ) -"),
    asking=listed(
        """
        ask asks asked asking question questions enquire enquired enquiry enquiring inquiry inquired inquiring
        interest interested message email mail note writing wrote write written mentioned mention request requested
        requesting
        """
    ),
    wish=listed(
        """
        want wants wanted like wish prefer preferred preference suit suits suited would looking hoping call phone
        """
    ),
    money=listed("budget finance financed financing spend afford borrow offer"),
    follow_up=listed(
        """
        check checking find come back call ring phone ask send forward pass let follow look get confirm
        clarify arrange organise organize prepare respond reply write email inform notify update chase speak
        enquire
        """
    ),
    booking=listed(
        """
        booked book booking registered register reserved reserve put down added add scheduled confirmed noted
        """
    ),
    bounds=listed("more less least most than over under above below fewer nearly almost only"),
    staff=listed(
        """
        vendor vendors vendor's owner owners owner's landlord landlords landlord's seller seller's manager manager's
        team agent agents agent's tenant's colleague colleagues office solicitor's council's
        """
    ),
)
