package store

import (
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/directory"
)

// escaper keeps words apart: a word with # or a control character in it gives
// no key of another list of words, and none that the table refuses.
var escaper = func() *strings.Replacer {
	pairs := []string{"%", "%25", "#", "%23", "\x7f", "%7F"}
	for c := range byte(' ') {
		pairs = append(pairs, string(rune(c)), fmt.Sprintf("%%%02X", c))
	}
	return strings.NewReplacer(pairs...)
}()

// join makes one part of a key.
func join(words ...string) string {
	out := make([]string, len(words))
	for i, w := range words {
		out[i] = escaper.Replace(w)
	}
	return strings.Join(out, "#")
}

// split takes a part of a key apart again.
func split(part string) []string {
	words := strings.Split(part, "#")
	for i, w := range words {
		if strings.Contains(w, "%") {
			if plain, err := url.PathUnescape(w); err == nil {
				words[i] = plain
			}
		}
	}
	return words
}

// below is the range of all sorts of a partition that begin with these words.
func below(part string, words ...string) Range {
	p := join(words...)
	return Range{Part: part, From: p + "#", To: p + "$"} // $ is the byte after #
}

// behind is the range of a partition behind the row of one word, "" for all.
func behind(part, word string) Range {
	r := Range{Part: part}
	if word != "" {
		r.After = join(word)
	}
	return r
}

func at(t time.Time, words ...string) string {
	return join(append([]string{stamp(t).String()}, words...)...)
}

func connectorKey(id string) Key      { return Key{"connector", join(id)} }
func inviteKey(link string) Key       { return Key{"invite", join(link)} }
func inviteStateKey(state string) Key { return Key{"invite-state", join(state)} }

func runKey(id string) Key                            { return Key{join("run", id), "run"} }
func runsKey(conn string, t time.Time, id string) Key { return Key{join("runs", conn), at(t, id)} }
func seenKey(run, listing string, page, part int) Key {
	return Key{join("seen", run, listing), fmt.Sprintf("%06d#%03d", page, part)}
}

func accountKey(conn, id string) Key  { return Key{join("dir", conn, "acct"), join(id)} }
func resourceKey(conn, id string) Key { return Key{join("dir", conn, "res"), join(id)} }
func ownersKey(conn, id string) Key   { return Key{join("own", conn), join(id)} }
func holderKey(m directory.Membership) Key {
	return Key{join("mem", m.Connector, m.Resource), join(m.Slug, m.Account)}
}

func heldKey(m directory.Membership) Key {
	return Key{join("held", m.Connector, m.Account), join(m.Resource, m.Slug)}
}

func requestKey(id string) Key               { return Key{join("request", id), "request"} }
func requestsKey(t time.Time, id string) Key { return Key{"requests", at(t, id)} }
func requestOfKey(conn, account string, t time.Time, id string) Key {
	return Key{join("requests-of", conn, account), at(t, id)}
}
func openRequestKey(t time.Time, id string) Key { return Key{"requests-open", at(t, id)} }

func delegationKey(id string) Key { return Key{join("delegation", id), "delegation"} }
func delegationsOfKey(conn, account string, t time.Time, id string) Key {
	return Key{join("delegations-of", conn, account), at(t, id)}
}

func unconfirmedKey(t time.Time, id string) Key {
	return Key{"requests-unconfirmed", at(t, id)}
}

func grantKey(id string) Key               { return Key{join("grant", id), "grant"} }
func liveKey(conn, account, id string) Key { return Key{"live", join(conn, account, id)} }
func endedKey(t time.Time, id string) Key  { return Key{"ended", at(t, id)} }
func endedOfKey(g access.Grant) Key {
	return Key{join("ended-of", g.Connector, g.Account), at(g.Closed, g.ID)}
}

func endedOnKey(g access.Grant) Key {
	return Key{join("ended-on", g.Connector, g.Resource), at(g.Closed, g.ID)}
}
func lockKey(conn, resource string) Key     { return Key{join("lock", conn, resource), "lock"} }
func standing(conn, resource string) string { return join("res", conn, resource) }
func copyKey(conn, resource, id string) Key {
	return Key{standing(conn, resource), join("grant", id)}
}

func holdKey(conn, resource, slug, account string) Key {
	return Key{standing(conn, resource), join("hold", slug, account)}
}
func writingKey(conn, resource string) Key { return Key{standing(conn, resource), "writing"} }
func wakeKey(conn, resource string) Key    { return Key{standing(conn, resource), "wake"} }
func leftKey(conn, resource, account string) Key {
	return Key{standing(conn, resource), join("left", account)}
}

func meantKey(conn, resource, owner string) Key {
	return Key{standing(conn, resource), join("meant", owner)}
}

func toldKey(conn, resource, notice string) Key {
	return Key{standing(conn, resource), join("told", notice)}
}

func mendKey(conn, resource, account string) Key {
	return Key{standing(conn, resource), join("mend", account)}
}

func findingKey(id string) Key { return Key{join("finding", id), "finding"} }
func findingOfKey(f directory.Finding) Key {
	return Key{join("findings-of", f.Connector, f.Resource), join(string(f.Kind), f.Slug, f.Account)}
}

func findingsKey(f directory.Finding) Key {
	return Key{join("findings", f.Connector), at(f.Seen, f.ID)}
}

func openFindingKey(f directory.Finding) Key {
	return Key{join("findings-open", f.Connector), at(f.Seen, f.ID)}
}

func telling(kind, id string) string { return join("tell", kind, id) }
func tellingKey(kind, id string) Key { return Key{telling(kind, id), "tell"} }
func messageKey(kind, id string, m access.Message) Key {
	return Key{telling(kind, id), join("message", string(m.What), m.N, m.To)}
}

// freezeKey is the house's with "": no connector has an id with a #.
func freezeKey(conn string) Key { return Key{"freeze", join("of", conn)} }

func draftKey(id string) Key               { return Key{join("draft", id), "draft"} }
func draftsKey(t time.Time, id string) Key { return Key{"drafts", at(t, id)} }

func killKey(id string) Key               { return Key{join("kill", id), "kill"} }
func killsKey(t time.Time, id string) Key { return Key{"kills", at(t, id)} }

func noticeKey(id string) Key            { return Key{join("notice", id), "notice"} }
func deliveryKey(hash string) Key        { return Key{join("delivery", hash), "delivery"} }
func pressKey(id string) Key             { return Key{join("press", id), "press"} }
func pauseKey(conn, method string) Key   { return Key{join("pause", conn), join(method)} }
func policyKey(version int64) Key        { return Key{"policy", fmt.Sprintf("%08d", version)} }
func userKey(id string) Key              { return Key{join("user", id), "user"} }
func userOfKey(conn, account string) Key { return Key{join("user-of", conn), join(account)} }
func usersKey(id string) Key             { return Key{"users", join(id)} }
func apiKeyKey(hash string) Key          { return Key{"key", join(hash)} }
func onceKey(id string) Key              { return Key{join("once", id), "once"} }
func keyIDKey(id string) Key             { return Key{"key-id", join(id)} }
func keysOfKey(user, id string) Key      { return Key{join("keys-of", user), join(id)} }
func sessionKey(hash string) Key         { return Key{"session", join(hash)} }
func sessionIDKey(id string) Key         { return Key{"session-id", join(id)} }
func sessionOfKey(user string, t time.Time, id string) Key {
	return Key{join("sessions-of", user), at(t, id)}
}
func signInLinkKey(hash string) Key      { return Key{"signin-link", join(hash)} }
func userByKey(x access.Identity) Key    { return Key{join("user-by", x.Issuer), join(x.Subject)} }
func signInRulesKey() Key                { return Key{"signin", "rules"} }
func refusalsKey(hour time.Time) Key     { return Key{"signin-refused", at(hour)} }
func spentKey(hash string) Key           { return Key{"spent", join(hash)} }
func textKey(about string) Key           { return Key{"text", join(about)} }
func textByKey(author, about string) Key { return Key{join("text-by", author), join(about)} }

func eventKey(aggregate string, seq int64) Key {
	return Key{join("ev", aggregate), fmt.Sprintf("%012d", seq)}
}
func unsealedKey(t time.Time, event string) Key { return Key{"unsealed", at(t, event)} }
func sealedKey(aggregate string) Key            { return Key{"sealed", join(aggregate)} }
func chainKey(n int64) Key                      { return Key{"chain", fmt.Sprintf("%012d", n)} }
func chainHeadKey() Key                         { return Key{"chain-head", "head"} }
