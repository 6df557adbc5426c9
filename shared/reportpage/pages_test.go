package reportpage

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/ebb-access/ebb/shared/directory"
	"github.com/ebb-access/ebb/shared/report"
)

var readAt = time.Date(2026, 11, 3, 9, 30, 0, 0, time.UTC)

func guest(id, name string) report.Account {
	return report.Account{Account: directory.Account{ID: id, Name: name, Kind: directory.MultiChannelGuest, State: directory.Active}}
}

func room(id, name, creator string) report.Channel {
	return report.Channel{Resource: directory.Resource{ID: id, Kind: directory.Channel, Name: name, Creator: creator, Shared: true}, Counted: true}
}

func picture() report.Picture {
	p := report.Picture{
		Source:   report.Source{Origin: report.Export, Name: "umbra.zip", Read: readAt, Dated: readAt, Whole: true, Spaces: 1},
		Accounts: []report.Account{guest("U1", "Gia")},
		Channels: []report.Channel{room("C1", "general", "U1")},
	}
	p.Gap(report.Groups, "an export holds none.")
	return p
}

// Names are people's own words: none becomes markup, a formula, or a turn of the terminal.
func TestNamesStayNames(t *testing.T) {
	nasty := []string{`<script>alert(1)</script>`, `=HYPERLINK("http://x")`, "+1", "-1", "@x", "\x1b[31mred", "turned \u202eback", "</table>", "two\nlines"}
	p := report.Picture{Source: report.Source{Origin: report.Export, Name: "\x1b]0;x\x07</title><script>", Read: readAt}}
	for i, n := range nasty {
		p.Accounts = append(p.Accounts, guest(fmt.Sprint("U", i), n))
		p.Channels = append(p.Channels, room(fmt.Sprint("C", i), n, fmt.Sprint("U", i)))
		p.Groups = append(p.Groups, directory.GroupListing{Resource: directory.Resource{ID: fmt.Sprint("S", i), Name: n, Title: n}})
	}
	r := report.Build(p, report.Options{})
	var page, summary bytes.Buffer
	if err := Page(&page, r); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(page.String(), "<script") || strings.Count(page.String(), "</table>") != strings.Count(page.String(), "<table>") {
		t.Error("a name became markup")
	}
	if err := Summary(&summary, r); err != nil || strings.ContainsAny(summary.String(), "\x1b\x07") {
		t.Errorf("a name turns the terminal: %q", summary.String())
	}
	for _, s := range r.Sections {
		var out bytes.Buffer
		if err := Sheet(&out, s); err != nil {
			t.Fatal(err)
		}
		rows, err := csv.NewReader(&out).ReadAll()
		if err != nil || len(rows) != len(s.Rows)+1 {
			t.Fatalf("%s: %d rows, %v", s.ID, len(rows), err)
		}
		for _, row := range rows {
			for _, c := range row {
				if c != "" && strings.ContainsAny(c[:1], "=+-@\t\r\n") {
					t.Errorf("%s: a spreadsheet takes %q for a formula", s.ID, c)
				}
			}
		}
	}
}

// The page needs nothing but itself, and each link in it leads to something.
func TestThePageStandsAlone(t *testing.T) {
	var out bytes.Buffer
	if err := Page(&out, report.Build(picture(), report.Options{})); err != nil {
		t.Fatal(err)
	}
	page := out.String()
	for _, foreign := range []string{"<script", "<link", "<img", "http://", "https://", "@import", "url("} {
		if n := strings.Count(page, foreign); n > 0 {
			t.Errorf("%d of %s", n, foreign)
		}
	}
	if regexp.MustCompile(`<[^>]+ on[a-z]+=`).MatchString(page) {
		t.Error("the page has a handler")
	}
	for _, link := range regexp.MustCompile(`href="#([^"]+)"`).FindAllStringSubmatch(page, -1) {
		if strings.Count(page, ` id="`+link[1]+`"`) != 1 {
			t.Errorf("#%s leads to %d places", link[1], strings.Count(page, ` id="`+link[1]+`"`))
		}
	}
}

func TestALongSectionIsCutOnThePageAlone(t *testing.T) {
	p := report.Picture{Source: report.Source{Read: readAt}}
	for i := range onPage + 5 {
		p.Accounts = append(p.Accounts, guest(fmt.Sprint("U", i), fmt.Sprint("Guest ", i)))
	}
	r := report.Build(p, report.Options{})
	var page, sheet bytes.Buffer
	if err := Page(&page, r); err != nil {
		t.Fatal(err)
	}
	if err := Sheet(&sheet, r.Sections[1]); err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(page.String(), `<th scope="row">Guest`); n != onPage || !strings.Contains(page.String(), "The first 100 of 105; all of them are in guests.csv.") {
		t.Errorf("%d rows on the page", n)
	}
	if n := strings.Count(sheet.String(), "\n"); n != onPage+6 {
		t.Errorf("%d lines in the sheet", n)
	}
}

// Instants are told in UTC, wherever the report was made.
func TestTimesAreUTC(t *testing.T) {
	var here, there bytes.Buffer
	p := picture()
	if err := Page(&here, report.Build(p, report.Options{})); err != nil {
		t.Fatal(err)
	}
	p.Source.Read = readAt.In(time.FixedZone("elsewhere", 3*3600))
	if err := Page(&there, report.Build(p, report.Options{})); err != nil {
		t.Fatal(err)
	}
	if here.String() != there.String() || !strings.Contains(here.String(), "2026-11-03 09:30 UTC") {
		t.Error("another time zone, another page")
	}
}

func TestTheSummarySaysWhatIsNotShown(t *testing.T) {
	var out bytes.Buffer
	if err := Summary(&out, report.Build(picture(), report.Options{})); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"1  guests", "?  user groups", "User groups: an export holds none.", "holds private conversations"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %q in:\n%s", want, out.String())
		}
	}
}
