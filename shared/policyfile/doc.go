// Package policyfile owns the policy document: it reads YAML into an
// access.Policy and says, with line and field, what is wrong with it (Parse),
// and what is dangerous or useless in it although it is well formed (Check).
//
// It never decides about access, never publishes a policy, and asks neither
// Slack nor a table: who is in a group is not known here.
//
// The document, all of it (README.md beside this file explains it to the
// people who write one):
//
//	version: 1                     # of this format; needed
//	organization:                  # reminders and steps' times keep to its hours
//	  zone: Europe/Berlin          # needed
//	  hours: "09:00-17:30"         # left out: around the clock
//	  days: [mon..fri]             # the default
//	rules:                         # needed, tried from top to bottom; the first
//	                               # that names resource and requester decides
//	  - id: oncall                 # needed, unique; letters, digits, . _ -
//	    resources:                 # needed
//	      kind: usergroup          # needed; usergroup | channel
//	      names: ["oncall*"]       # handles without @, channels without #;
//	                               # patterns as in path.Match: * ? [a-z]
//	      ids: [S0123]             # names or ids, or both: either fits
//	      workspaces: [T0123]      # left out: all
//	    entitlement: member        # the default, and all there is today
//	    requesters: WHO            # needed
//	    for_others: WHO            # of the requesters: who may ask for somebody else
//	    max: 8h                    # needed; s m h d w, up to 360d
//	    approve: WHO | auto | never # needed; WHO without anyone, or a list of steps:
//	      - groups: [S1]           # WHO without anyone, and
//	        need: 2                # how many have to say yes; 1 if left out
//	        fallback: WHO          # where none of them could decide
//	        after: 4h              # when the step has taken too long, then
//	        tell: C0123            # as of the rule, for this step
//	        then: {escalate: WHO}  # or {reassign: WHO}, or cancel
//	    tell: "#approvals"         # the channel, by name or id, in which who decides is
//	                               # asked; in person if left out
//	    when: "risk != 'high'"     # CEL; where it does not hold, the next rule is tried
//	    risk: high                 # low | medium | high; shown to who decides
//	    wait: 3d                   # for a decision; up to 30d, 3d if left out
//	    advisory: true             # channels: admit public ones, which anybody can join
//	    when_empty: {keep: U1}     # user groups: or disable
//	    emergency:                 # who may skip the approvers, and for how long
//	      requesters: WHO          # needed; of the requesters
//	      max: 2h                  # needed
//	      confirm: WHO             # afterwards; all who approve if left out
//	      within: 3d               # up to 30d; then its lack is a finding
//	    solo: true                 # for the only administrator: what they ask for
//	                               # approves itself after 24h; or
//	                               # {wait: 1h to 30d, veto: WHO}
//	    unproven_removal: accept   # before Ebb removed anybody from such a one
//
//	profiles:                      # what is asked for as one
//	  - id: on-call-week           # needed, unique
//	    label: A week of on-call   # needed; up to 80 letters
//	    resources: ["@oncall", "#incidents", C0123] # needed, 1 to 20
//
// WHO is one or more of:
//
//	anyone: true                   # every active full member
//	accounts: [U1]
//	groups: ["@eng", S1]           # members of user groups
//	resource_owners: true
//	app_owners: true
//	workspace_admins: true
//
// "approve: never" is how a document says that nobody gets something that a
// rule below it would give; such a rule has no max, and its requesters are
// anyone unless it says otherwise. In access it is a rule with Max 0.
//
// One document of at most 256 KiB; no anchors, aliases, merge keys or tags:
// what a line says is what it means.
package policyfile
