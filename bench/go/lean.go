package main

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"time"
)

// Only what the decision needs is decoded; the rest of the pod is skipped by the decoder.
type review struct {
	Request struct {
		UID       string `json:"uid"`
		Namespace string `json:"namespace"`
		Object    struct {
			Metadata struct {
				Annotations map[string]string `json:"annotations"`
			} `json:"metadata"`
			Spec struct {
				InitContainers []struct{} `json:"initContainers"`
				Containers     []struct {
					Image     string `json:"image"`
					Resources struct {
						Requests json.RawMessage `json:"requests"`
						Limits   json.RawMessage `json:"limits"`
					} `json:"resources"`
				} `json:"containers"`
			} `json:"spec"`
		} `json:"object"`
	} `json:"request"`
}

var containerHead = fmt.Sprintf(
	`{"name":%q,"image":%q,"imagePullPolicy":"IfNotPresent","command":["/bin/sh","-c",%q],"securityContext":{"privileged":true,"runAsUser":0,"runAsNonRoot":false,"readOnlyRootFilesystem":true}`,
	name, image, script)

func serveLean(port int, certificates string) error {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /mutate/init-container", answer)
	server := &http.Server{Addr: fmt.Sprintf("127.0.0.1:%d", port), Handler: mux, ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute}
	return server.ListenAndServeTLS(filepath.Join(certificates, "tls.crt"), filepath.Join(certificates, "tls.key"))
}

func answer(writer http.ResponseWriter, request *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(writer, request.Body, 4<<20))
	var read review
	if err == nil {
		err = json.Unmarshal(body, &read)
	}
	if err != nil {
		http.Error(writer, "not a review", http.StatusBadRequest)
		return
	}
	writer.Header().Set("Content-Type", "application/json")
	fmt.Fprintf(writer, `{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","response":{"uid":%q,"allowed":true%s}}`, read.Request.UID, patch(&read))
}

// patch glues the patch from constants and the container's own resources.
func patch(read *review) string {
	pod := &read.Request.Object
	for _, container := range pod.Spec.Containers {
		if !needsValue(container.Image) {
			continue
		}
		added := containerHead
		if resources := container.Resources; resources.Requests != nil || resources.Limits != nil {
			text, _ := json.Marshal(map[string]json.RawMessage{"requests": orEmpty(resources.Requests), "limits": orEmpty(resources.Limits)})
			added += `,"resources":` + string(text)
		}
		added += "}"
		first := `{"op":"add","path":"/spec/initContainers","value":[` + added + `]}`
		if pod.Spec.InitContainers != nil {
			first = `{"op":"add","path":"/spec/initContainers/0","value":` + added + `}`
		}
		second := fmt.Sprintf(`{"op":"add","path":"/metadata/annotations","value":{%q:%q}}`, annotation, applied)
		if pod.Metadata.Annotations != nil {
			second = fmt.Sprintf(`{"op":"add","path":"/metadata/annotations/max-map-count.io~1applied","value":%q}`, applied)
		}
		fmt.Fprintf(os.Stderr, `{"level":"info","msg":"patched pod","namespace":%q,"uid":%q}`+"\n", read.Request.Namespace, read.Request.UID)
		return `,"patchType":"JSONPatch","patch":"` + base64.StdEncoding.EncodeToString([]byte("["+first+","+second+"]")) + `"`
	}
	return ""
}

func orEmpty(value json.RawMessage) json.RawMessage {
	if value == nil {
		return json.RawMessage("{}")
	}
	return value
}
