package porttest

import (
	"context"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/ebb-access/ebb/shared/connector"
	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/message"
)

// Voice is flow.Voice, which this package may not know.
type Voice interface {
	Direct(ctx context.Context, l connector.Link, account string) (channel string, err error)
	Post(ctx context.Context, l connector.Link, channel, thread string, c message.Card) (ts string, err error)
	Change(ctx context.Context, l connector.Link, channel, ts string, c message.Card) error
}

// Place is an engine of Voice with a company around it, in which nobody was told
// anything yet.
type Place struct {
	Voice  Voice
	Link   connector.Link
	Now    func() time.Time
	People [2]string // two accounts that live
	Gone   string    // an account that does not
	Room   string    // a channel in which the app is
	Hall   string    // one in which it is not
	Shut   string    // one that is archived
	// Heard is what stands in a channel now, oldest first.
	Heard func(channel string) []Said
	// Limit has the next message refused for that long, Lose posts it and loses the
	// answer, Mute takes the app's own token away.
	Limit func(time.Duration)
	Lose  func()
	Mute  func()
}

// Said is a message as people see it.
type Said struct {
	TS, Thread, Summary string
	Changed             bool
}

// Speaking is the contract of flow.Voice.
func Speaking(t *testing.T, open func(t *testing.T) Place) {
	t.Helper()
	for name, test := range map[string]func(*testing.T, Place){
		"a person is reached in one channel, always the same": speakDirect,
		"what is posted stands there, and is found again":     speakPost,
		"a change replaces, and may be repeated":              speakChange,
		"what reaches nobody is for good, with Slack's word":  speakRefused,
		"a limit posts nothing, and says until when":          speakLimited,
		"a lost answer is unclear, and posted once":           speakLost,
		"a call that is over posts nothing":                   speakOver,
		"many at once are all told, each once":                speakTogether,
		"without the app's own token nobody is written to":    speakMuted,
	} {
		t.Run(name, func(t *testing.T) { test(t, open(t)) })
	}
}

func saying(text string) message.Card {
	return message.Card{Summary: message.Line{message.T(text)}, Lead: message.Line{message.T(text)}}
}

func (p Place) direct(t *testing.T, account string) string {
	t.Helper()
	channel, err := p.Voice.Direct(t.Context(), p.Link, account)
	if err != nil || channel == "" {
		t.Fatalf("%q %v", channel, err)
	}
	return channel
}

func (p Place) post(t *testing.T, channel, thread, text string) string {
	t.Helper()
	ts, err := p.Voice.Post(t.Context(), p.Link, channel, thread, saying(text))
	if err != nil || ts == "" {
		t.Fatalf("%q %v", ts, err)
	}
	return ts
}

func (p Place) stands(t *testing.T, channel string, want ...Said) {
	t.Helper()
	if got := p.Heard(channel); !slices.Equal(got, want) {
		t.Errorf("in %s stands %+v, not %+v", channel, got, want)
	}
}

func speakDirect(t *testing.T, p Place) {
	one, other := p.direct(t, p.People[0]), p.direct(t, p.People[1])
	if again := p.direct(t, p.People[0]); again != one || one == other {
		t.Errorf("%s, again %s, and for somebody else %s", one, again, other)
	}
	p.stands(t, one) // to look for the channel says nothing
}

func speakPost(t *testing.T, p Place) {
	direct := p.direct(t, p.People[0])
	for _, channel := range []string{direct, p.Room} {
		first := p.post(t, channel, "", "one")
		second := p.post(t, channel, "", "two")
		reply := p.post(t, channel, first, "three")
		p.stands(t, channel, Said{first, "", "one", false}, Said{second, "", "two", false}, Said{reply, first, "three", false})
	}
}

func speakChange(t *testing.T, p Place) {
	direct := p.direct(t, p.People[0])
	ts, other := p.post(t, direct, "", "one"), p.post(t, direct, "", "other")
	for range 2 {
		if err := p.Voice.Change(t.Context(), p.Link, direct, ts, saying("changed")); err != nil {
			t.Fatal(err)
		}
		p.stands(t, direct, Said{ts, "", "changed", true}, Said{other, "", "other", false})
	}
}

func speakRefused(t *testing.T, p Place) {
	refused := func(what, code string, err error, kinds ...fault.Kind) {
		t.Helper()
		if !fault.Is(err, kinds...) || fault.CodeOf(err) != code || fault.TextOf(err) == "" {
			t.Errorf("%s: %v", what, err)
		}
	}
	post := func(channel string) error {
		_, err := p.Voice.Post(t.Context(), p.Link, channel, "", saying("x"))
		return err
	}
	_, err := p.Voice.Direct(t.Context(), p.Link, "U0NOBODY")
	refused("nobody", "user_not_found", err, fault.Permanent)
	if _, err = p.Voice.Direct(t.Context(), p.Link, p.Gone); err == nil || !fault.Is(err, fault.Permanent) || fault.CodeOf(err) == "" {
		t.Errorf("who left: %v", err)
	}
	refused("no channel", "channel_not_found", post("C0NOWHERE"), fault.Permanent)
	refused("not in it", "not_in_channel", post(p.Hall), fault.Permanent)
	refused("archived", "is_archived", post(p.Shut), fault.Permanent)
	refused("no message", "message_not_found", p.Voice.Change(t.Context(), p.Link, p.Room, "1.000001", saying("x")), fault.NotFound)
	p.stands(t, p.Room)
}

func speakLimited(t *testing.T, p Place) {
	p.Limit(30 * time.Second)
	_, err := p.Voice.Post(t.Context(), p.Link, p.Room, "", saying("x"))
	if rest := fault.UntilOf(err).Sub(p.Now()); !fault.Is(err, fault.Wait) || fault.MethodOf(err) == "" || fault.CodeOf(err) != "ratelimited" || rest < 25*time.Second || rest > 35*time.Second {
		t.Errorf("%v, for %v", err, rest)
	}
	p.stands(t, p.Room)
}

func speakLost(t *testing.T, p Place) {
	p.Lose()
	if _, err := p.Voice.Post(t.Context(), p.Link, p.Room, "", saying("x")); !fault.Is(err, fault.Unclear) {
		t.Errorf("%v", err)
	}
	if got := p.Heard(p.Room); len(got) != 1 {
		t.Errorf("posted %d times", len(got))
	}
}

func speakOver(t *testing.T, p Place) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := p.Voice.Post(ctx, p.Link, p.Room, "", saying("x")); !fault.Is(err, fault.Backoff) {
		t.Errorf("%v", err)
	}
	p.stands(t, p.Room)
}

func speakTogether(t *testing.T, p Place) {
	direct := p.direct(t, p.People[0])
	var all sync.WaitGroup
	var mu sync.Mutex
	seen := map[string]bool{}
	for range 20 {
		all.Add(1)
		go func() {
			defer all.Done()
			ts, err := p.Voice.Post(t.Context(), p.Link, direct, "", saying("x"))
			mu.Lock()
			defer mu.Unlock()
			if err != nil || seen[ts] {
				t.Errorf("%q %v", ts, err)
			}
			seen[ts] = true
		}()
	}
	all.Wait()
	if n := len(p.Heard(direct)); n != 20 {
		t.Errorf("%d stand there", n)
	}
}

func speakMuted(t *testing.T, p Place) {
	p.Mute()
	_, derr := p.Voice.Direct(t.Context(), p.Link, p.People[0])
	_, perr := p.Voice.Post(t.Context(), p.Link, p.Room, "", saying("x"))
	cerr := p.Voice.Change(t.Context(), p.Link, p.Room, "1.000001", saying("x"))
	for _, err := range []error{derr, perr, cerr} {
		if !fault.Is(err, fault.Misconfigured) || fault.TextOf(err) == "" {
			t.Errorf("%v", err)
		}
	}
	p.stands(t, p.Room)
}
