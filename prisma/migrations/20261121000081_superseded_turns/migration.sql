-- A turn that somebody overtook says nothing, and is written down beside the one that answers what it had looked at.

drop index turn_answers_once;
create unique index turn_answers_once on turn (conversation_id, through_seq)
  where from_seq <= through_seq and outcome <> 'superseded';
