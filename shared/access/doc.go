// Package access owns the decisions about access: policies, requests, grants,
// holds, and what has to change in Slack so that exactly the wanted access is
// there (Judge). Values in, decisions out; now is an argument.
//
// A request's item: pending -> approved | denied | canceled | expired.
//
// An item that is approved as an emergency skipped its approvers and waits for
// a confirmation (Item.Confirm), which nothing else waits for. One with a SoloAt
// approves itself then, unless somebody vetoes it. In both, and in every vote,
// a delegate may stand in for somebody, never for who asks or gets it.
//
// A grant (Turn is the only function that moves it):
//
//	state         turn      becomes        why
//	scheduled     begin     granting       its start came, policy still allows it
//	scheduled     withdraw  withdrawn      policy, subject or approver no longer do
//	scheduled     end       withdrawn      ended before it began
//	granting      give      active         read back: held
//	granting      end       revoking       its end came before it was given
//	granting      stick     stuck          a person has to change something
//	granting      fail      failed         refused for good; read: nothing held
//	active        end       revoking       its time, a person, a kill switch
//	active        vanish    ended outside  somebody removed it in Slack
//	revoking      gone      revoked        read back: not held
//	revoking      keep      ended          held, but nothing of it is ours
//	revoking      stick     stuck          a person has to change something
//	stuck         give      active         it worked after all
//	stuck         end       revoking       its end came, or another try to take
//	stuck         fail      failed         refused for good; read: nothing held
//
// A grant with an Origin was not asked for: a person said that access which others
// gave is to end (takeover.go). It begins active, or revoking.
//
// "revoked" means seen gone. A grant whose access rightly stays (it stood
// before us, or another grant covers it) is "ended", never "revoked".
//
// The zero value of every policy and decision denies. The package knows no
// Slack client, no table and no clock.
package access
