// Package store owns what the house remembers: keys, records and repositories
// over one small table port (Table). State and its event go into one commit;
// no method saves one without the other. Directory rows are a cache of Slack
// and go in plain batches.
//
// It never calls Slack, never decides, and never imports flow.
//
// # The table of keys
//
// Words of a key are joined by #; a word's own # is escaped. <time> is RFC 3339
// in UTC with milliseconds, so that it sorts. "Copy" is a full record; "pointer"
// names an id and is written once (version 1) and deleted once.
//
//	partition              sort                     what, and how many rows
//	connector              <id>                     each connector
//	invite                 <link hash>              each invitation; expires a day after it ended
//	invite-state           <state hash>             pointer, once the link was opened
//	run#<id>               run                      each sync run
//	runs#<conn>            <started>#<id>           pointer to each run
//	seen#<run>#<listing>   <page>#<part>            ids of one page; expires after a week
//	dir#<conn>#acct        <account>                each account of Slack
//	dir#<conn>#res         <resource>               each resource of Slack, without its owners
//	named#<conn>           <word>#<resource>        what each word of a resource's name leads to; a hint
//	called#<conn>          <word>#<account>         what each word of an account's names leads to; a hint
//	facet#<conn>           <facet>#<account>        accounts with a property that few have; a hint
//	active#<conn>          <account>                the day on which an account was last active, to a week; a cache
//	active-from            <conn>                   since when that was read, or why it is not
//	managers-from          <conn>                   when it was read who manages whom, or why it is not
//	indexed                <conn>                   that the two above lead to every account: a sync fills them once
//	own#<conn>             <resource>               a resource's owners: Ebb's own, no sync touches them
//	mem#<conn>#<resource>  <slug>#<account>         each membership, by resource
//	held#<conn>#<account>  <resource>#<slug>        the same, by account
//	request#<id>           request                  each request
//	requests               <created>#<id>           pointer to each request
//	requests-open          <created>#<id>           pointer while an item is pending
//	requests-of#<conn>#<account>  <created>#<id>    pointer, for who asked, for whom, and who decided
//	grant#<id>             grant                    each grant, for ever
//	live                   <conn>#<account>#<id>    pointer while the grant is not final
//	ended                  <closed>#<id>            pointer to each final grant
//	ended-of#<conn>#<account>   <closed>#<id>       the same, by account
//	ended-on#<conn>#<resource>  <closed>#<id>       the same, by resource
//	res#<conn>#<resource>  grant#<id>               copy of each grant that was begun and is not final
//	res#<conn>#<resource>  hold#<slug>#<account>    each hold, for ever
//	res#<conn>#<resource>  writing                  at most one: the write on its way
//	res#<conn>#<resource>  left#<account>           each left-out member
//	res#<conn>#<resource>  meant#<lock's owner>     what each list that was sent meant; expires after an hour
//	res#<conn>#<resource>  told#<event>             each change of members told while one is there; expires as well
//	res#<conn>#<resource>  mend#<account>           each overwritten edit that is to be done again
//	res#<conn>#<resource>  wake                     where the resource's own due row is
//	finding#<id>           finding                  each finding, for ever
//	findings#<conn>        <seen>#<id>              pointer to each finding, at its last opening
//	findings-open#<conn>   <seen>#<id>              pointer while it is to be decided, or on its way
//	findings-of#<conn>#<resource>  <kind>#<slug>#<account>  pointer to each finding of a resource
//	campaign#<id>          campaign                 each access review
//	campaign#<id>          assignment#<id>          each assignment of a review
//	campaign#<id>          packing                  how far a review's evidence package is, once it was too large to be made at once
//	packed#<id>            <n>                      bytes of such a package; expires after a day
//	erasure#<conn>         <account>                how far the name of somebody forgotten is out of the reviews
//	campaigns              <created>#<id>           pointer to each review
//	template#<id>          template                 each template of reviews
//	templates              <id>                     pointer to each
//	snapshot#<campaign>    <page>                   each page of a snapshot, which never changes but for a name that is erased
//	lines#<campaign>#<assignment>  <line>           each line, in the list of whoever reviews it now
//	assigned#<conn>#<account or group>  <created>#<campaign>#<assignment>  pointer to what somebody reviews, or did; a hint
//	reviewed#<conn>#<resource>  <slug>#<account>    what was decided last about an access
//	taking#<campaign>      <line>                   pointer while the line is denied and not seen gone
//	manual#<id>            manual                   each manual task
//	manuals#<conn>         <created>#<id>           pointer to each
//	manuals-open#<conn>    <created>#<id>           pointer while it is not over
//	manuals-on#<conn>#<resource>  <id>              the same, by resource
//	manuals-given-up#<conn>  <created>#<id>         pointer to what somebody gave up
//	lock#<conn>#<resource> lock                     one per resource ever changed; never deleted
//	due#act, due#sync, due#review  <time>#<urgency>#<kind>#<conn>#<id>  one per aggregate that can act, at its next action
//	due#tell               <time>#<urgency>#<kind>#<conn>#<id>#<rev>  one per change that somebody is to hear of, until they heard
//	due#tell               <time>#<urgency>#<kind>#<conn>#<id>  at most one per aggregate: when there is more to tell
//	tell#<kind>#<id>       tell                     who tells of an aggregate now, and where its due row is; expires
//	tell#<kind>#<id>       message#<what>#<n>#<to>  each message that was posted; expires
//	pause#<conn>           <method>                 each rate limit that was hit; expires
//	policy                 <version>                each version of the policy
//	draft#<id>             draft                    each policy that waited for somebody else's yes
//	drafts                 <proposed>#<id>          pointer to each
//	freeze                 of#<conn>                the newest freeze of new access, of a connector or (conn "") the house
//	kill#<id>              kill                     each kill switch that was pressed
//	kills                  <pressed>#<id>           pointer to each
//	user#<id>              user                     each user
//	users                  <id>                     pointer to each user
//	user-of#<conn>         <account>                pointer to the account's one user
//	user-by#<issuer>       <subject>                pointer to the identity's one user
//	signin                 rules                    how people sign in, once somebody has said so
//	signin-refused         <hour>                   how many sign-ins were refused; expires after a day
//	key                    <hash>                   each API key
//	key-id                 <id>                     pointer to the hash of each API key
//	keys-of#<user>         <id>                     the same, by user
//	session                <hash>                   each session; expires a day after its end, with the next two
//	session-id             <id>                     pointer to the hash of each session
//	sessions-of#<user>     <created>#<id>           the same, by user
//	signin-link            <hash>                   each sign-in link; expires a day after it did
//	spent                  <hash>                   each link or sign-in that a session used up; expires with the session
//	notice#<event>         notice                   each event of Slack; expires two days after it was served
//	press#<id>             press                    each act of a person in Slack; expires two days after it was served
//	once#<id>              once                     each call with an Idempotency-Key; expires after a day
//	text                   <about>                  each free text
//	text-by#<author>       <about>                  pointer until it is erased
//	ev#<aggregate>         <seq of the first>       an aggregate's events of one commit
//	unsealed               <time>#<event>           one per commit with events, until sealed
//	sealed                 <aggregate>              how far each aggregate is sealed
//	chain                  <N>                      each link of the house's chain
//	chain-head             head                     the last link
//	trail-found#<word>     <N>                      where a person, a resource or an action stands in the chain; a cache of it
//	trail-indexed          chain                    up to which link that goes
//
// # Versions
//
// The version of an aggregate's row is its Rev. Every save reads the rows that
// it replaces, refuses when a Rev differs, and knows from their records where
// index rows stand: the record of whatever can act holds the sort of its due
// row, pointers are always at version 1, and a grant's copy, once there, is in
// every commit of the grant, so that its version follows from the grant's.
//
// An aggregate's events need no head row: the next one is created behind the
// newest, and of two who do so one gets fault.Conflict. So a refusal about a
// grant is recorded without moving the grant's Rev, and aggregates without a
// row ("policy", "house") are like any other.
//
// # Rows of a commit
//
// The table takes 100 rows in one commit. A grant takes 3 when it is scheduled
// (row, pointer, due row), 2 to 4 when it moves (row, copy, and the due row's
// old and new place) and 7 when it ends (row, copy, four pointers, due row);
// a change that somebody is to hear of takes 1 more in the lane "tell"; an
// aggregate's events take 1 together, and a commit with events 1 more. So
// one commit holds a request's 20 new grants with their events, or 8 grants of
// converge (MaxGrantsPerStep) with an event and a hold each beside the lock,
// the writing row and the resource's due row, with 9 rows to spare. A finding
// takes 4 when it opens, for the first time or again, and 2 when it is decided:
// directory.MostFindings of one resource fit. A page of a review is counted in
// 65: the campaign, its due row twice, review.PageReviewers assignments, its events.
// A manual task takes 6 when it is made (row, three pointers, due row, telling). Of
// a review's decisions review.MostNotes, MostDecided or MostDenied fit, with what
// they make.
//
// # Access reviews
//
// A line is in one list, that of its assignment: it is moved by deleting it there
// and making it elsewhere in one commit. What leads from an account to its
// assignments is a hint and goes in plain batches before the commit, because a
// group has more members than a commit rows: it may lead to nothing, or to what
// was reassigned since, and whoever follows it looks. Lines are put in commits that
// check that the campaign is still staged: in a plain batch a process that slept
// for minutes would write over what people have decided since.
package store
