package access

import (
	"reflect"
	"testing"
	"time"
)

var sentAt = time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)

// write is one of ours: read, list sent, Slack's date in its answer.
func write(date int64, read, sent []string) Meant { return MeantBy("lock", read, sent, date, sentAt) }

func lostNames(lost []Mend) (back, out []string) {
	for _, m := range lost {
		if m.Back {
			back = append(back, m.Account)
		} else {
			out = append(out, m.Account)
		}
	}
	return back, out
}

// Which changes show that a write of ours overwrote somebody's edit. The write
// read sam and kit and sent sam, kit and ada, minus bob's end where he is in.
func TestLost(t *testing.T) {
	type ids = []string
	date := sentAt.Unix()
	give := write(date, ids{"sam", "kit"}, ids{"sam", "kit", "ada"})
	take := write(date, ids{"sam", "kit", "ada"}, ids{"sam", "kit"})
	answerless := give
	answerless.Date = 0
	for name, c := range map[string]struct {
		meant     Meant
		told      Told
		back, out ids
		sure      bool
	}{
		"as it was meant":             {give, Told{Date: date, Added: ids{"ada"}}, nil, nil, true},
		"bob was added in between":    {give, Told{Date: date, Added: ids{"ada"}, Removed: ids{"bob"}}, ids{"bob"}, nil, true},
		"kit was removed in between":  {give, Told{Date: date, Added: ids{"ada", "kit"}}, nil, ids{"kit"}, true},
		"both":                        {give, Told{Date: date, Added: ids{"ada", "kit"}, Removed: ids{"bob"}}, ids{"bob"}, ids{"kit"}, true},
		"an end, bob was added":       {take, Told{Date: date, Removed: ids{"ada", "bob"}}, ids{"bob"}, nil, true},
		"another date":                {give, Told{Date: date + 1, Added: ids{"ada"}, Removed: ids{"bob"}}, nil, nil, false},
		"somebody's, the same second": {give, Told{Date: date, Removed: ids{"bob"}}, nil, nil, false},
		"against what was meant":      {give, Told{Date: date, Removed: ids{"ada"}}, nil, nil, false},
		"somebody added ada before":   {give, Told{Date: date, Removed: ids{"bob"}}, nil, nil, false},
		"lost answer, all of it":      {answerless, Told{Date: date, Added: ids{"ada"}, Removed: ids{"bob"}}, ids{"bob"}, nil, false},
		"lost answer, a part of it":   {answerless, Told{Date: date, Removed: ids{"bob"}}, nil, nil, false},
		"lost answer, long before":    {answerless, Told{Date: date - 3600, Added: ids{"ada"}, Removed: ids{"bob"}}, nil, nil, false},
		"a zero":                      {Meant{}, Told{Removed: ids{"bob"}}, nil, nil, false},
	} {
		lost, sure := Standing{Meant: []Meant{c.meant}}.Lost(c.told)
		back, out := lostNames(lost)
		if !reflect.DeepEqual(back, c.back) || !reflect.DeepEqual(out, c.out) || sure != c.sure {
			t.Errorf("%s: put back %v, take out %v, sure %v", name, back, out, sure)
		}
		for _, m := range lost {
			if m.After != c.told.Date {
				t.Errorf("%s: %+v", name, m)
			}
		}
	}
	// A lost answer that lands late, after a second try, undoes what was told.
	late := Standing{Meant: []Meant{answerless}, Told: []Told{
		{Date: date - 7200, Added: ids{"eve"}}, {Date: date + 1, Added: ids{"bob"}, Removed: ids{"kit"}}, {Date: date + 60, Added: ids{"eve"}},
	}}
	lost, sure := late.Lost(Told{Date: date + 45, Added: ids{"kit"}, Removed: ids{"bob", "eve"}})
	if back, out := lostNames(lost); !reflect.DeepEqual(back, ids{"bob"}) || !reflect.DeepEqual(out, ids{"kit"}) || sure {
		t.Errorf("landed late: put back %v, take out %v, sure %v", back, out, sure)
	}
	if lost, _ := late.Lost(Told{Date: date + 45, Removed: ids{"sam"}}); len(lost) > 0 {
		t.Errorf("somebody's removal is taken for ours: %+v", lost)
	}
	if lost, sure := (Standing{}).Lost(Told{Date: 5, Removed: ids{"bob"}}); lost != nil || sure {
		t.Error("nothing was written and something was lost")
	}
}

// Whether nobody has touched the account since, as far as the changes up to the
// read's date were told.
func TestStill(t *testing.T) {
	type ids = []string
	m := Mend{Account: "bob", Back: true, After: 10}
	other := func(before, date int64) Told { return Told{Before: before, Date: date, Added: ids{"eve"}} }
	about := func(before, date int64) Told { return Told{Before: before, Date: date, Added: ids{"bob"}} }
	ours := Meant{Date: 12, In: ids{"bob"}}
	for name, c := range map[string]struct {
		meant []Meant
		told  []Told
		date  int64
		want  Word
	}{
		"nothing since":                {nil, nil, 10, Last},
		"others' since":                {nil, []Told{other(10, 11), other(11, 12)}, 12, Last},
		"others', told out of order":   {nil, []Told{other(11, 12), other(10, 11)}, 12, Last},
		"a change is missing":          {nil, []Told{other(11, 12)}, 12, Unheard},
		"the last is missing":          {nil, []Told{other(10, 11)}, 12, Unheard},
		"somebody touched it":          {nil, []Told{about(10, 11)}, 11, Overtaken},
		"somebody touched it, further": {nil, []Told{other(10, 11), about(11, 12), other(12, 13)}, 13, Overtaken},
		"Ebb gave it":                  {[]Meant{ours}, []Told{other(10, 11), about(11, 12)}, 12, Last},
		"Ebb wrote, another's change":  {[]Meant{ours}, []Told{about(10, 11), other(11, 12)}, 12, Overtaken},
		"a read from before":           {nil, nil, 9, Unheard},
		"a read without a date":        {nil, []Told{other(10, 11)}, 0, Unheard},
		"a circle":                     {nil, []Told{other(10, 10)}, 12, Unheard},
	} {
		if got := (Standing{Meant: c.meant, Told: c.told}).Still(m, c.date); got != c.want {
			t.Errorf("%s: %d, want %d", name, got, c.want)
		}
	}
	if (Mend{}).Anew(Hold{}) {
		t.Error("a hold that is none was given anew")
	}
}
