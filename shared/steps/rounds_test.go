package steps

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ebb-access/ebb/shared/flow"
)

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

// told is a verb that gives each of its answers once, on a clock that waiting
// moves.
type told struct {
	at      time.Time
	next    []time.Duration // from noon on; negative: nothing is next
	errs    []error
	began   []time.Duration
	rounds  rounds
	working time.Duration // what each round takes
}

func newTold(next ...time.Duration) *told {
	t := &told{at: noon, next: next}
	t.rounds = rounds{
		now:   func() time.Time { return t.at },
		wait:  func(_ context.Context, until time.Time) { t.at = until },
		ahead: Ahead, longest: sweepRound, idle: Ahead,
		do: func(context.Context) (time.Time, error) {
			i := len(t.began)
			t.began = append(t.began, t.at.Sub(noon))
			t.at = t.at.Add(t.working)
			var err error
			if i < len(t.errs) {
				err = t.errs[i]
			}
			if i >= len(t.next) || t.next[i] < 0 {
				return time.Time{}, err
			}
			return noon.Add(t.next[i]), err
		},
	}
	return t
}

func TestRounds(t *testing.T) {
	const second = time.Second
	for _, c := range []struct {
		name  string
		told  *told
		began []time.Duration
	}{
		{"nothing is next", newTold(), []time.Duration{0}},
		{"each at its time", newTold(10*second, 20*second, 74*second), []time.Duration{0, 10 * second, 20 * second, 74 * second}},
		{"too far", newTold(76 * second), []time.Duration{0}},
		{"due again at once", newTold(0, 0, -1), []time.Duration{0, floor, 2 * floor}},
	} {
		if err := c.told.rounds.run(t.Context()); err != nil || !slices.Equal(c.told.began, c.began) {
			t.Errorf("%s: %v, %v", c.name, c.told.began, err)
		}
	}
}

// No round begins that the function's time may not hold.
func TestRoundsEndBeforeTheFunctionDoes(t *testing.T) {
	c := newTold(2*time.Second, 4*time.Second, 6*time.Second, 8*time.Second)
	c.working = time.Second
	if err := c.rounds.run(t.Context()); err != nil || len(c.began) != 5 {
		t.Errorf("without a deadline: %v, %v", c.began, err)
	}
	c = newTold(2*time.Second, 4*time.Second, 6*time.Second)
	if err := c.rounds.run(deadline{t.Context(), noon.Add(sweepRound + 5*time.Second)}); err != nil || len(c.began) != 3 {
		t.Errorf("%v, %v", c.began, err)
	}
}

// deadline is a context on the test's clock.
type deadline struct {
	context.Context
	at time.Time
}

func (d deadline) Deadline() (time.Time, bool) { return d.at, true }

// An error does not end the rounds, and the same error is said once.
func TestRoundsGoOnAfterErrors(t *testing.T) {
	c := newTold(time.Second, 2*time.Second, 3*time.Second)
	c.errs = []error{errors.New("down"), errors.New("down"), errors.New("other")}
	err := c.rounds.run(t.Context())
	if len(c.began) != 4 || err == nil || strings.Count(err.Error(), "down") != 1 || !strings.Contains(err.Error(), "other") {
		t.Errorf("%v, %v", c.began, err)
	}
}

func TestEmit(t *testing.T) {
	var out bytes.Buffer
	if err := emit(&out, "ebb-table", noon, flow.Pulse{Lag: 1500 * time.Millisecond, Attention: 2, Longest: time.Hour, Reviews: 2 * time.Minute}); err != nil {
		t.Fatal(err)
	}
	if strings.Count(out.String(), "\n") != 1 {
		t.Errorf("not one line: %q", out.String())
	}
	var line struct {
		AWS struct {
			Timestamp         int64
			CloudWatchMetrics []struct {
				Namespace  string
				Dimensions [][]string
				Metrics    []struct{ Name, Unit string }
			}
		} `json:"_aws"`
		House                                                string
		DueLag, NeedsAttention, NeedsAttentionAge, ReviewLag float64
	}
	if err := json.Unmarshal(out.Bytes(), &line); err != nil {
		t.Fatal(err)
	}
	if line.AWS.Timestamp != noon.UnixMilli() || line.House != "ebb-table" || line.DueLag != 1.5 || line.NeedsAttention != 2 || line.NeedsAttentionAge != 3600 || line.ReviewLag != 120 {
		t.Errorf("%+v", line)
	}
	m := line.AWS.CloudWatchMetrics
	if len(m) != 1 || m[0].Namespace != "Ebb" || len(m[0].Metrics) != 4 || !slices.Equal(m[0].Dimensions[0], []string{"House"}) {
		t.Errorf("%+v", m)
	}
}
