package slackexport

import (
	"bytes"
	"testing"

	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/report"
	"github.com/ebb-access/ebb/shared/slackexport/exporttest"
)

// inMemory reads an export without a disk.
func inMemory(raw []byte) (report.Picture, error) {
	a, err := openZip(bytes.NewReader(raw), int64(len(raw)), "export.zip")
	if err != nil {
		return report.Picture{}, err
	}
	return a.picture("export.zip", readAt)
}

// Whatever a file holds, it is read or told to be wrong.
func FuzzZip(f *testing.F) {
	whole := exporttest.Company().Zip()
	f.Add(whole)
	f.Add(whole[:len(whole)/2])
	f.Add(exporttest.Files{}.Zip())
	f.Fuzz(func(t *testing.T, raw []byte) {
		if _, err := inMemory(raw); err != nil && (!fault.Is(err, fault.Invalid) || fault.TextOf(err) == "") {
			t.Errorf("%v", err)
		}
	})
}

// Whatever the lists hold, a report comes of it, or a word about which is wrong.
func FuzzLists(f *testing.F) {
	c := exporttest.Company()
	f.Add(c["users.json"], c["channels.json"], c["integration_logs.json"])
	f.Add(`[null]`, `[{"id":"C","members":null}]`, `[{"date":1e99}]`)
	f.Fuzz(func(t *testing.T, users, channels, apps string) {
		files := exporttest.Files{"users.json": users, "channels.json": channels, "integration_logs.json": apps}
		p, err := inMemory(files.Zip())
		if err != nil {
			if !fault.Is(err, fault.Invalid) || fault.TextOf(err) == "" {
				t.Errorf("%v", err)
			}
			return
		}
		r := report.Build(p, report.Options{})
		for _, s := range r.Sections {
			if s.Gap != "" && len(s.Rows) > 0 {
				t.Errorf("%s is not shown, and has rows", s.ID)
			}
		}
	})
}
