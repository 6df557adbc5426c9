package console

import (
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"

	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/flow"
)

// OwnersFilePage is what owners_file.html shows: the file's form, and of each line
// what it would change or what is wrong with it.
type OwnersFilePage struct {
	Frame
	Connectors []Choice
	Connector  flow.ConnectorView
	File       string
	Lines      []PlannedLine
	Wrong      string
	WrongLines int
	Changes    int
}

// PlannedLine is one line in words.
type PlannedLine struct {
	flow.OwnersPlan
	Before, After string
}

func (v *visit) ownersFile() error { return v.ownersFilePage("", nil, nil) }

func (v *visit) ownersFilePage(file string, plans []flow.OwnersPlan, wrong error) error {
	p := OwnersFilePage{Frame: v.frame("Owners by CSV"), File: file}
	var err error
	if p.Connector, p.Connectors, err = v.connected(); err != nil {
		return err
	}
	for _, l := range plans {
		switch l.Verdict {
		case flow.OwnersWrong:
			p.WrongLines++
		case flow.OwnersChange:
			p.Changes++
		}
		p.Lines = append(p.Lines, PlannedLine{l, people(l.Names, l.Was...), people(l.Names, l.Owners...)})
	}
	if wrong != nil {
		p.Wrong = fault.TextOf(wrong)
		return v.showAs(422, "owners_file", p)
	}
	return v.show("owners_file", p)
}

// takeOwnersFile shows first what a file would change, and does it when that is
// sent back. Sent twice, or after half of it was done, the rest is done.
func (v *visit) takeOwnersFile() error {
	file, err := v.upload()
	if err != nil {
		return err
	}
	lines, err := flow.ReadOwnersCSV(strings.NewReader(file))
	if fault.Is(err, fault.Invalid) {
		return v.ownersFilePage(file, nil, err)
	}
	if err != nil {
		return err
	}
	do := v.s.house.PreviewOwners
	really := v.field("do") == "change"
	if really {
		do = v.s.house.SetManyOwners
	}
	plans, err := do(v.ctx(), v.by, v.field("connector"), lines)
	if fault.Is(err, fault.Invalid) {
		return v.ownersFilePage(file, plans, err)
	}
	if err != nil {
		return err
	}
	if !really {
		return v.ownersFilePage(file, plans, nil)
	}
	n := 0
	for _, p := range plans {
		if p.Verdict == flow.OwnersChange {
			n++
		}
	}
	return v.to("/resources", count(n, "resource has", "resources have")+" other owners now.")
}

// upload is the file of the form, or what was written into its field.
func (v *visit) upload() (string, error) {
	if !slices.ContainsFunc(v.r.Header.Values("Content-Type"), func(s string) bool { return strings.HasPrefix(s, "multipart/form-data") }) {
		return v.field("csv"), nil
	}
	if err := v.r.ParseMultipartForm(MostBytes); err != nil {
		return "", unreadable(err)
	}
	f, _, err := v.r.FormFile("file")
	if errors.Is(err, http.ErrMissingFile) {
		return v.field("csv"), nil
	}
	if err != nil {
		return "", unreadable(err)
	}
	defer f.Close()
	raw, err := io.ReadAll(f)
	if err != nil || len(raw) > 0 {
		return string(raw), err
	}
	return v.field("csv"), nil
}
