package main

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"time"

	"github.com/alecthomas/kong"

	"github.com/ebb-access/ebb/shared/api/apiclient"
	"github.com/ebb-access/ebb/shared/evidence"
)

// ReviewExportCmd is ebb review export.
type ReviewExportCmd struct {
	ClientFlags
	Campaign string `arg:"" help:"Which review: uc_…"`
	Out      string `required:"" placeholder:"FILE" help:"Where the package goes, such as review.zip."`
}

// exportTime is how long an export waits for the house: a sweep seals each minute, and
// a package of 200,000 lines takes some minutes to be made. exportBeat is how long it
// waits at most until it asks again.
const (
	exportTime = time.Hour
	exportBeat = 15 * time.Second
)

// Run takes the package part by part, and keeps it when it is whole.
func (x *ReviewExportCmd) Run(c *Client) error {
	tmp := x.Out + ".part"
	f, err := os.OpenFile(tmp, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer os.Remove(tmp) //nolint:errcheck // renamed, it is gone
	says := func(text string) { fmt.Fprintf(os.Stderr, "waiting: %s\n", clean(text)) }
	size, sum, err := c.parts(x.Campaign, f, says)
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	if err := os.Rename(tmp, x.Out); err != nil {
		return err
	}
	return c.show(map[string]any{"file": x.Out, "size": size, "sha256": sum}, func(w io.Writer) {
		fmt.Fprintf(w, "%s: %d bytes, SHA-256 %s\nCheck it anywhere: ebb review verify %s --key KEY (ebb audit key prints KEY)\n", x.Out, size, sum, x.Out)
	})
}

// parts writes all parts of a package. While the house makes it, it asks again, and
// says what the house says, each sentence once.
func (c *Client) parts(campaign string, w io.Writer, says func(string)) (size int64, sum string, err error) {
	whole, said := sha256.New(), ""
	until := c.now().Add(exportTime)
	for part, of := 0, 1; part < of; part++ {
		r, err := c.api.ReadEvidence(background(), campaign, &apiclient.ReadEvidenceParams{Part: &part, Sha256: opt(sum)})
		if err != nil {
			return 0, "", unreachable(err)
		}
		body, err := io.ReadAll(io.LimitReader(r.Body, mostAnswer))
		_ = r.Body.Close()
		switch {
		case err != nil:
			return 0, "", unreachable(err)
		case r.StatusCode == http.StatusTooManyRequests && c.now().Before(until):
			if text := detail(body); text != said {
				said = text
				says(text)
			}
			time.Sleep(patience(r))
			part--
			continue
		case r.StatusCode != http.StatusOK:
			return 0, "", refusal(r, body)
		}
		if _, err := fmt.Sscan(r.Header.Get("Ebb-Parts")+" "+r.Header.Get("Ebb-Size")+" "+r.Header.Get("Ebb-SHA256"), &of, &size, &sum); err != nil {
			return 0, "", fmt.Errorf("this is no answer of Ebb; is --url right? (%s)", r.Request.URL.Host)
		}
		whole.Write(body)
		if _, err := w.Write(body); err != nil {
			return 0, "", err
		}
	}
	if got := hex.EncodeToString(whole.Sum(nil)); got != sum {
		return 0, "", fmt.Errorf("what came has SHA-256 %s, and the house said %s: begin again", got, sum)
	}
	return size, sum, nil
}

// detail is what a refusal says.
func detail(body []byte) string {
	var p apiclient.Problem
	_ = json.Unmarshal(body, &p) // what is none says nothing
	return p.Detail
}

// patience is how long to wait until asking again, as the house says.
func patience(r *http.Response) time.Duration {
	n, _ := strconv.Atoi(r.Header.Get("Retry-After"))
	return min(max(time.Second, time.Duration(n)*time.Second), exportBeat)
}

// ReviewVerifyCmd is ebb review verify.
type ReviewVerifyCmd struct {
	File string `arg:"" help:"The package."`
	Key  string `placeholder:"KEY" help:"The house's public key, as ebb audit key prints it; got by another way than the package."`
}

// Run needs no house.
func (x *ReviewVerifyCmd) Run(k *kong.Context) error {
	var key ed25519.PublicKey
	if x.Key != "" {
		var err error
		if key, err = evidence.ParseKey(x.Key); err != nil {
			return err
		}
	}
	f, err := os.Open(x.File)
	if err != nil {
		return err
	}
	defer f.Close() //nolint:errcheck // it was only read
	info, err := f.Stat()
	if err != nil {
		return err
	}
	v, err := evidence.Verify(f, info.Size(), key)
	if err != nil {
		return err
	}
	return v.Print(k.Stdout)
}

// AuditKeyCmd is ebb audit key.
type AuditKeyCmd struct {
	ClientFlags
}

// Run prints the public key alone, for files and scripts.
func (x *AuditKeyCmd) Run(c *Client) error {
	v, err := call[struct {
		Key string `json:"key"`
	}](c.api.GetAuditKey(background()))
	if err != nil {
		return err
	}
	return c.show(v, func(w io.Writer) { fmt.Fprintln(w, clean(v.Key)) })
}
