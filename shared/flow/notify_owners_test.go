package flow_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/message"
)

// postbox takes mails, or fails as it is told.
type postbox struct {
	mu   sync.Mutex
	got  []message.Mail
	fail error
}

func (p *postbox) Send(_ context.Context, m message.Mail) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.fail != nil {
		return p.fail
	}
	p.got = append(p.got, m)
	return nil
}

// TestOwnersHearByMail: who was named hears of it once, though sending fails for a
// while and the process is another one then; who named themself does not.
func TestOwnersHearByMail(t *testing.T) {
	c := newCompany(t)
	box := &postbox{fail: &fault.Error{Kind: fault.Backoff, Text: "later"}}
	c.house.Mail = box
	lin, bob := c.actor(c.lin).User, c.actor(c.bob).User
	conn, err := c.house.AddConnector(c.ctx, c.root, "Second", []string{c.root.User.ID, lin.ID})
	c.ok(err)
	c.tell(time.Minute)
	if len(box.got) != 0 {
		t.Fatal("it was to fail")
	}
	box.fail = nil
	c.house = c.open() // another process
	c.house.Mail = box
	for range 5 {
		c.tell(10 * time.Minute)
	}
	if len(box.got) != 1 || box.got[0].To != "lin@example.com" || box.got[0].Key != "owner/"+conn.ID+"/"+lin.ID {
		t.Fatalf("%+v", box.got)
	}
	// One more is named: that one hears, and lin not again.
	conn, err = c.store.Connector(c.ctx, conn.ID)
	c.ok(err)
	conn.Owners = append(conn.Owners, bob.ID)
	_, err = c.store.SaveConnector(c.ctx, conn, c.event("connector/"+conn.ID))
	c.ok(err)
	c.tell(time.Minute)
	if len(box.got) != 2 || box.got[1].To != "bob@example.com" {
		t.Errorf("%+v", box.got)
	}
	told, err := c.store.Telling(c.ctx, "owners", conn.ID)
	c.ok(err)
	if m, ok := told.Find(access.News{What: access.TellOwner}, c.root.User.ID); !ok || m.Failed != "themself" {
		t.Errorf("%+v", told.Messages)
	}
}
