package evidence

import (
	"archive/zip"
	"encoding/json"
	"io"

	"github.com/ebb-access/ebb/shared/fault"
)

// A large package is written in two steps, by two processes: its files as soon as
// they are made, and its end once the audit has sealed what vouches for them. Between
// the steps a stub is kept: names, sums and sizes, of which a zip's end is made.

// stubRecord is a stub as it is kept.
type stubRecord struct {
	Parts    []stubPart `json:"parts"`
	Manifest string     `json:"manifest"`
}

type stubPart struct {
	Name string `json:"name"`
	CRC  uint32 `json:"crc"`
	Zip  int64  `json:"zip"`
	Size int64  `json:"size"`
}

// WriteFiles writes the package but for its end, which Finish writes.
func (p *Package) WriteFiles(w io.Writer) error {
	z := zip.NewWriter(w)
	if err := p.files(z); err != nil {
		return fault.Wrap("evidence.WriteFiles", err)
	}
	return fault.Wrap("evidence.WriteFiles", z.Flush())
}

// Stub is what Finish needs of the package.
func (p *Package) Stub() ([]byte, error) {
	r := stubRecord{Manifest: string(p.manifest)}
	for _, x := range p.parts {
		r.Parts = append(r.Parts, stubPart{Name: x.name, CRC: x.crc, Zip: x.out.n, Size: x.size})
	}
	raw, err := json.Marshal(r)
	return raw, fault.Wrap("evidence.Stub", err)
}

// Finish writes what follows on WriteFiles: together they are what Write writes.
func Finish(w io.Writer, stub []byte, b Binding) error {
	const op = "evidence.Finish"
	var r stubRecord
	if err := json.Unmarshal(stub, &r); err != nil {
		return fault.Wrap(op, err)
	}
	p := &Package{manifest: []byte(r.Manifest)}
	for _, x := range r.Parts {
		p.parts = append(p.parts, &part{name: x.Name, crc: x.CRC, size: x.Size, out: chunks{n: x.Zip, hollow: true}})
	}
	// The files are written once more, hollow and to nowhere: the zip's end says where
	// each begins.
	end := &endOnly{w: w}
	z := zip.NewWriter(end)
	err := p.files(z)
	if err == nil {
		err = z.Flush()
	}
	if err != nil {
		return fault.Wrap(op, err)
	}
	end.begun = true
	return fault.Wrap(op, p.end(z, b))
}

// endOnly drops what comes before it begins.
type endOnly struct {
	w     io.Writer
	begun bool
}

func (l *endOnly) Write(b []byte) (int, error) {
	if !l.begun {
		return len(b), nil
	}
	return l.w.Write(b)
}
