package store_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/audit"
	"github.com/ebb-access/ebb/shared/connector"
	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/review"
)

func (h *house) request(id string, items int) access.Request {
	r := access.Request{ID: id, Requester: "u1", By: "U1", Subject: "U1", Connector: "c1", Length: time.Hour, Created: h.now, Expires: h.now.Add(72 * time.Hour)}
	for i := range items {
		r.Items = append(r.Items, access.Item{Resource: fmt.Sprintf("S%d", i), Slug: "member", State: access.Pending})
	}
	return r
}

// approved decides every item and gives the grants and events, as flow does.
func (h *house) approved(r access.Request) (access.Request, []access.Grant, []audit.Event) {
	var gs []access.Grant
	var events []audit.Event
	for i := range r.Items {
		id := fmt.Sprintf("%s.g%d", r.ID, i)
		r.Items[i].State, r.Items[i].Grant = access.Approved, id
		gs = append(gs, h.grant(id, r.Items[i].Resource, r.Subject))
		events = append(events, h.event("request/"+r.ID, "request.approved"), h.event("grant/"+id, "grant.scheduled"))
	}
	return r, gs, events
}

func TestTheLargestRequestIsOneCommit(t *testing.T) {
	h := newHouse(t)
	reason := access.Text{About: "request/rq_1", Author: "U1", Body: "on call tonight", Written: h.now}
	r, err := h.SaveRequest(ctx, h.request("rq_1", access.MaxItems), nil, []access.Text{reason}, h.event("request/rq_1", "request.made"))
	h.must(err)
	if due := h.table.part("due#act"); r.Rev != 1 || len(due) != 1 {
		t.Errorf("rev %d, due %q", r.Rev, due)
	}
	r, gs, events := h.approved(r)
	comment := access.Text{About: "comment/rq_1/U2", Author: "U2", Body: "fine", Written: h.now}
	r, err = h.SaveRequest(ctx, r, gs, []access.Text{comment}, events...)
	h.must(err)
	if h.table.rows > 90 {
		t.Errorf("%d rows leave no room", h.table.rows)
	}
	if due := h.table.part("due#act"); len(due) != access.MaxItems {
		t.Errorf("%d due rows for %d grants and a closed request", len(due), access.MaxItems)
	}
	if got := value[access.Request](h)(h.Request(ctx, "rq_1")); got.Rev != r.Rev || got.Open() || len(got.Items) != access.MaxItems {
		t.Errorf("stored: %+v", got)
	}
	if n := len(value[[]audit.Event](h)(h.EventsOf(ctx, "request/rq_1"))); n != 1+access.MaxItems {
		t.Errorf("%d events of the request", n)
	}
	h.checkTrail(0)

	// Decided by policy at once: everything in the first commit.
	auto, gs, events := h.approved(h.request("rq_2", access.MaxItems))
	_, err = h.SaveRequest(ctx, auto, gs, []access.Text{{About: "request/rq_2", Author: "U1", Body: "again"}}, events...)
	h.must(err)
	if h.table.rows > 90 {
		t.Errorf("%d rows leave no room", h.table.rows)
	}

	many, gs, events := h.approved(h.request("rq_3", 2*access.MaxItems))
	before := h.table.everything()
	_, err = h.SaveRequest(ctx, many, gs, nil, events...)
	h.refused(err, fault.Invalid)
	if h.table.everything() != before {
		t.Error("a part of a request that is too large was saved")
	}
}

func TestRequestLists(t *testing.T) {
	h := newHouse(t)
	for i := range 4 {
		id := fmt.Sprintf("rq_%d", i)
		r, err := h.SaveRequest(ctx, h.request(id, 2), nil, nil, h.event("request/"+id, "request.made"))
		h.must(err)
		h.now = h.now.Add(time.Minute)
		if i%2 == 0 {
			continue
		}
		r.Items[0].State = access.Denied
		r, err = h.SaveRequest(ctx, r, nil, nil, h.event("request/"+id, "request.denied"))
		h.must(err)
		if i == 3 {
			r.Items[1].State = access.Canceled
			_, err = h.SaveRequest(ctx, r, nil, nil, h.event("request/"+id, "request.canceled"))
			h.must(err)
		}
	}
	list := func(openOnly bool, limit int) (out string) {
		for _, r := range value[[]access.Request](h)(h.Requests(ctx, openOnly, limit)) {
			out += r.ID[3:]
		}
		return out
	}
	for got, want := range map[string]string{list(false, 0): "3210", list(true, 0): "210", list(true, 2): "21"} {
		if got != want {
			t.Errorf("listed %q, want %q", got, want)
		}
	}
	_, err := h.SaveRequest(ctx, h.request("rq_9", 1), nil, nil)
	h.refused(err, fault.Internal)
	_, err = h.SaveRequest(ctx, h.request("rq_1", 1), nil, nil, h.event("request/rq_1", "request.made"))
	h.refused(err, fault.Conflict)
	_, err = h.Request(ctx, "rq_9")
	h.refused(err, fault.NotFound)
}

func TestTextsAreForgottenInPieces(t *testing.T) {
	h := newHouse(t)
	for i := range 95 {
		id, author := fmt.Sprintf("rq_%03d", i), "U1"
		if i%19 == 0 {
			author = "U2"
		}
		text := access.Text{About: "request/" + id, Author: author, Body: "because of Ann", Written: h.now}
		_, err := h.SaveRequest(ctx, h.request(id, 1), nil, []access.Text{text}, h.event("request/"+id, "request.made"))
		h.must(err)
	}
	n, err := h.ForgetTexts(ctx, "U1", h.event("person/U1", "person.forgotten"))
	h.must(err)
	events := value[[]audit.Event](h)(h.EventsOf(ctx, "person/U1"))
	if n != 90 || len(events) != 3 || events[2].Data["texts"] != "10" {
		t.Errorf("%d erased, told in %+v", n, events)
	}
	gone := value[access.Text](h)(h.Text(ctx, "request/rq_001"))
	kept := value[access.Text](h)(h.Text(ctx, "request/rq_000"))
	if gone.Body != "" || !gone.Erased || kept.Body == "" || kept.Erased {
		t.Errorf("gone: %+v, kept: %+v", gone, kept)
	}
	n, err = h.ForgetTexts(ctx, "U1", h.event("person/U1", "person.forgotten"))
	if h.must(err); n != 0 || len(value[[]audit.Event](h)(h.EventsOf(ctx, "person/U1"))) != 4 {
		t.Errorf("a second time: %d", n)
	}
	h.checkTrail(0)

	theirs := access.Text{About: "request/rq_000", Author: "U1", Body: "mine"}
	_, err = h.SaveRequest(ctx, h.request("rq_x", 1), nil, []access.Text{theirs}, h.event("request/rq_x", "request.made"))
	h.refused(err, fault.Conflict)
	_, err = h.Text(ctx, "request/none")
	h.refused(err, fault.NotFound)
}

// TestRequestsOf: who asked, for whom, and who decided find a request; each once.
func TestRequestsOf(t *testing.T) {
	h := newHouse(t)
	e := h.event("request/rq_1", "request.made")
	r := h.request("rq_1", 2)
	r.By, r.Subject = "U1", "U2"
	r = value[access.Request](h)(h.SaveRequest(ctx, r, nil, nil, e))
	h.now = h.now.Add(time.Minute)
	value[access.Request](h)(h.SaveRequest(ctx, h.request("rq_2", 1), nil, nil, e)) // U1 for U1
	for i := range r.Items {                                                        // item by item, by one and the same
		r.Items[i].State, r.Items[i].DecidedBy = access.Denied, "U3"
		r = value[access.Request](h)(h.SaveRequest(ctx, r, nil, nil, e))
	}
	for account, want := range map[string]string{"U1": "rq_2 rq_1 ", "U2": "rq_1 ", "U3": "rq_1 ", "U": ""} {
		got := ""
		for _, r := range value[[]access.Request](h)(h.RequestsOf(ctx, "c1", account, 0)) {
			got += r.ID + " "
		}
		if got != want {
			t.Errorf("%s: %q, want %q", account, got, want)
		}
	}
}

// TestOnce: the note is in the request's commit, or neither is there.
func TestOnce(t *testing.T) {
	h := newHouse(t)
	e := h.event("request/rq_1", "request.made")
	o := access.Once{ID: "o1", Body: "b", Answer: "rq_1", Expires: h.now.Add(time.Hour)}
	r := access.Request{ID: "rq_1", Connector: "c1", Created: h.now}
	h.refused(second(h.SaveRequestOnce(ctx, o, r, nil, nil)), fault.Internal)
	_, err := h.Once(ctx, "o1")
	h.refused(err, fault.NotFound)
	h.must(second(h.SaveRequestOnce(ctx, o, r, nil, nil, e)))
	if got := value[access.Once](h)(h.Once(ctx, "o1")); got != o {
		t.Errorf("%+v", got)
	}
	before := h.table.everything()
	r.ID = "rq_2"
	h.refused(second(h.SaveRequestOnce(ctx, o, r, nil, nil, e)), fault.Conflict)
	h.refused(second(h.SaveConnectorOnce(ctx, o, connector.Connector{ID: "c2"}, e)), fault.Conflict)
	h.refused(second(h.SaveCampaignOnce(ctx, o, review.Campaign{ID: "uc_2", State: review.Draft}, e)), fault.Conflict)
	if h.table.everything() != before {
		t.Error("something was written")
	}
	h.now = h.now.Add(2 * time.Hour)
	h.must(second(h.SaveRequestOnce(ctx, o, r, nil, nil, e)))
	o.ID, o.Answer, o.Expires = "o2", "uc_1", h.now.Add(time.Hour)
	x := review.Campaign{ID: "uc_1", State: review.Draft, Created: h.now}
	h.refused(second(h.SaveCampaignOnce(ctx, o, x)), fault.Internal)
	_, err = h.Once(ctx, "o2")
	h.refused(err, fault.NotFound)
	h.must(second(h.SaveCampaignOnce(ctx, o, x, h.event("campaign/uc_1", "campaign.drafted"))))
	o.ID, o.Answer = "o3", "ut_1"
	tpl := review.Template{ID: "ut_1", Created: h.now}
	h.refused(second(h.SaveTemplateOnce(ctx, o, tpl)), fault.Internal)
	h.must(second(h.SaveTemplateOnce(ctx, o, tpl, h.event("template/ut_1", "template.made"))))
	tpl.ID = "ut_2"
	h.refused(second(h.SaveTemplateOnce(ctx, o, tpl, h.event("template/ut_2", "template.made"))), fault.Conflict)
	if got := value[review.Template](h)(h.Template(ctx, "ut_1")); got.Rev != 1 || value[access.Once](h)(h.Once(ctx, "o3")).Answer != got.ID {
		t.Errorf("%+v", got)
	}
	if got := value[review.Campaign](h)(h.Campaign(ctx, "uc_1")); got.Rev != 1 || value[access.Once](h)(h.Once(ctx, "o2")).Answer != got.ID {
		t.Errorf("%+v", got)
	}
}

func second[T any](_ T, err error) error { return err }
