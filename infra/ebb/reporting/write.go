package reporting

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/report"
	"github.com/ebb-access/ebb/shared/reportpage"
)

// pageName is the page's file, by which an earlier report is known, too.
const pageName = "report.html"

// usable refuses a folder with somebody's own files in it. One of an earlier report
// is written anew.
func usable(dir string) error {
	entries, err := os.ReadDir(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist), err == nil && len(entries) == 0:
		return nil
	case err != nil:
		return fault.New(op, fault.Invalid, "--out %s is no folder that can be read; name another", dir)
	}
	if _, err := os.Stat(filepath.Join(dir, pageName)); err != nil {
		return fault.New(op, fault.Invalid, "--out %s holds other files; name a folder that is new, empty, or of an earlier report", dir)
	}
	return nil
}

// write writes the sheets and then the page, each whole or not at all. A report
// names people, so others on this machine may not read it. A sheet of an earlier
// report that this source has not goes.
func write(dir string, r report.Report) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fault.New(op, fault.Invalid, "--out %s cannot be made (%v); name another folder", dir, cause(err))
	}
	for _, s := range r.Sections {
		at := filepath.Join(dir, s.File())
		if s.Gap != "" {
			if err := os.Remove(at); err != nil && !errors.Is(err, fs.ErrNotExist) {
				return unwritten(at, err)
			}
			continue
		}
		if err := replace(at, func(w io.Writer) error { return reportpage.Sheet(w, s) }); err != nil {
			return err
		}
	}
	return replace(filepath.Join(dir, pageName), func(w io.Writer) error { return reportpage.Page(w, r) })
}

func replace(at string, body func(io.Writer) error) error {
	f, err := os.CreateTemp(filepath.Dir(at), ".ebb-report-") // 0600
	if err != nil {
		return unwritten(at, err)
	}
	defer func() { _ = os.Remove(f.Name()) }() // gone when it was renamed
	err = body(f)
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err == nil {
		err = os.Rename(f.Name(), at)
	}
	if err != nil {
		return unwritten(at, err)
	}
	return nil
}

func unwritten(at string, err error) error {
	return fault.New(op, fault.Invalid, "%s cannot be written (%v)", at, cause(err))
}

// cause is the system's word without the path, which is said already.
func cause(err error) error {
	var at *fs.PathError
	if errors.As(err, &at) {
		return at.Err
	}
	return err
}
