package console

import (
	"fmt"
	"time"
)

// Timeline is the grants of a page drawn over time: a bar each, from its start to
// its end. Its text equivalent is the table below it.
type Timeline struct {
	Width, Height int
	Bars          []Bar
	Ticks         []Tick
	Now           int // where now is, in pixels
	Says          string
	From, To      string
	// Left and Room are where the bars begin, behind the names, and how wide they are:
	// the narrow form draws each below its own name.
	Left, Room int
}

// Bar is one grant.
type Bar struct {
	X, Y, Width   int
	Says, Label   string
	Name, Until   string // whole, for the narrow form
	Attend, Later bool
	Path          string
}

// Tick is one time on the axis.
type Tick struct {
	X    int
	Says string
}

// Sizes of the drawing, in its own pixels.
const (
	timelineWidth = 1000
	namesWidth    = 260
	barRow        = 22
	mostBars      = 40
)

// timeline draws up to forty grants that are not over, the first to end first.
func timeline(lines []GrantLine, now time.Time, zone *time.Location) Timeline {
	var live []GrantLine
	for _, l := range lines {
		if !l.Over && len(live) < mostBars {
			live = append(live, l)
		}
	}
	if len(live) == 0 {
		return Timeline{}
	}
	from, to := now, now.Add(time.Hour)
	for _, l := range live {
		if l.Start.Before(from) {
			from = l.Start
		}
		if l.End.After(to) {
			to = l.End
		}
	}
	if far := now.Add(-7 * 24 * time.Hour); from.Before(far) {
		from = far
	}
	t := Timeline{Width: timelineWidth, Height: barRow*len(live) + 34, Left: namesWidth, Room: timelineWidth - namesWidth - 30}
	at := func(x time.Time) int {
		share := float64(x.Sub(from)) / float64(to.Sub(from))
		return namesWidth + int(min(max(share, 0), 1)*float64(timelineWidth-namesWidth-30))
	}
	t.Now = at(now)
	for i, l := range live {
		b := Bar{X: at(l.Start), Y: i * barRow, Attend: l.Attend, Later: l.Start.After(now), Label: cut(l.Who+" · "+l.What, 38), Path: "/grants/" + l.ID, Name: l.Who + " · " + l.What}
		b.Width = max(at(l.End)-b.X, 3)
		b.Until = l.End.In(zone).Format("2 Jan, 15:04")
		b.Says = fmt.Sprintf("%s has %s until %s", l.Who, l.What, b.Until)
		t.Bars = append(t.Bars, b)
	}
	layout := "15:04"
	if to.Sub(from) > 36*time.Hour {
		layout = "2 Jan"
	}
	for i := range 5 {
		x := from.Add(time.Duration(i) * to.Sub(from) / 4)
		t.Ticks = append(t.Ticks, Tick{X: at(x), Says: x.In(zone).Format(layout)})
	}
	t.From, t.To = from.In(zone).Format("2 Jan, 15:04"), to.In(zone).Format("2 Jan, 15:04")
	t.Says = fmt.Sprintf("%s over time, from %s to %s; the table below says the same", count(len(live), "grant", "grants"), t.From, t.To)
	return t
}
