package simulation

import (
	"context"
	"strconv"
	"time"

	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/flow"
	"github.com/ebb-access/ebb/shared/review"
)

func init() {
	verbs["note"], verbs["unchanged"], verbs["submit"] = (*World).note, (*World).unchanged, (*World).submit
	verbs["hand-on"], verbs["delegate"] = (*World).handOn, (*World).delegate
}

// word is what somebody was about to note of a line; "" is any line.
type word struct {
	campaign, line, who string
	verdict             review.Verdict
}

// handing is that lines of a campaign were about to be given to somebody.
type handing struct{ campaign, to string }

// lending is that somebody was about to name somebody who decides in their place.
type lending struct {
	from, to string
	until    time.Time
}

// lists does something with every list of somebody's in a campaign. What is refused
// because of one list does not keep them from the next.
func (w *World) lists(a Act, do func(context.Context, *flow.House, string, review.Assignment) error) {
	id := w.campaignOf(a.number(1))
	if id == "" {
		return
	}
	w.person(a, func(ctx context.Context, h *flow.House) error {
		v, err := h.ReadCampaign(ctx, w.people[a.arg(0)], id)
		if err != nil {
			return err
		}
		for _, list := range v.Mine {
			if err := do(ctx, h, id, list); err != nil && !fault.Is(err, fault.Invalid, fault.NotFound) {
				return err
			}
		}
		return nil
	})
}

// chosen are so many percent of the open lines of a list, by chance and the act.
func (w *World) chosen(ctx context.Context, h *flow.House, a Act, id, list string, percent int) ([]string, error) {
	v, err := h.ReadReview(ctx, w.people[a.arg(0)], id, list, flow.LineFilter{}, flow.Slice{Limit: 200})
	var out []string
	for _, l := range v.Lines.Items {
		if l.State == review.LineOpen && w.roll(l.ID, a.N, "line")%100 < uint64(percent) {
			out = append(out, l.ID)
		}
	}
	return out, err
}

// note: WHO #N certify|deny PERCENT.
func (w *World) note(a Act) {
	percent, _ := strconv.Atoi(a.arg(3))
	n := flow.Noting{Verdict: review.Verdict(a.arg(2))}
	if percent%2 == 0 {
		n.Comment = "as agreed"
	}
	w.lists(a, func(ctx context.Context, h *flow.House, id string, list review.Assignment) error {
		lines, err := w.chosen(ctx, h, a, id, list.ID, percent)
		if err != nil || len(lines) == 0 {
			return err
		}
		for _, l := range lines {
			w.reviews.words = append(w.reviews.words, word{id, l, a.arg(0), n.Verdict})
		}
		n.Campaign, n.Assignment, n.Lines = id, list.ID, lines
		_, err = h.NoteReviews(ctx, w.people[a.arg(0)], n)
		return err
	})
}

// unchanged: WHO #N. Certifies as a note what did not change.
func (w *World) unchanged(a Act) {
	w.lists(a, func(ctx context.Context, h *flow.House, id string, list review.Assignment) error {
		w.reviews.words = append(w.reviews.words, word{id, "", a.arg(0), review.Certify})
		_, err := h.NoteUnchanged(ctx, w.people[a.arg(0)], id, list.ID)
		return err
	})
}

// submit: WHO #N.
func (w *World) submit(a Act) {
	w.lists(a, func(ctx context.Context, h *flow.House, id string, list review.Assignment) error {
		_, err := h.SubmitReviews(ctx, w.people[a.arg(0)], id, list.ID)
		return err
	})
}

// hand-on: WHO #N TO PERCENT. 100: the whole list.
func (w *World) handOn(a Act) {
	percent, _ := strconv.Atoi(a.arg(3))
	w.lists(a, func(ctx context.Context, h *flow.House, id string, list review.Assignment) error {
		var lines []string
		if percent < 100 {
			var err error
			if lines, err = w.chosen(ctx, h, a, id, list.ID, percent); err != nil || len(lines) == 0 {
				return err
			}
		}
		w.reviews.handed = append(w.reviews.handed, handing{id, w.ids[a.arg(2)]})
		_, err := h.ReassignReview(ctx, w.people[a.arg(0)], id, list.ID, lines, w.idsOf([]string{a.arg(2)}))
		return err
	})
}

// delegate: WHO TO LENGTH.
func (w *World) delegate(a Act) {
	until := w.now().Add(a.duration(2))
	w.person(a, func(ctx context.Context, h *flow.House) error {
		w.reviews.lent = append(w.reviews.lent, lending{w.ids[a.arg(0)], w.ids[a.arg(1)], until})
		_, err := h.Delegate(ctx, w.people[a.arg(0)], w.conn, w.ids[a.arg(1)], time.Time{}, until)
		return err
	})
}
